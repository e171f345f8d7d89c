//! The arguments of `serve` about the MQTT broker.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::address;
use crate::serve::{MqttOptions, Service};

#[derive(Args, Debug)]
#[command(next_help_heading = "MQTT broker")]
pub(super) struct MqttArgs {
    /// Be an MQTT 3.1.1 broker here.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    mqtt: Option<SocketAddr>,
    /// Be the same broker over TLS here.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    mqtts: Option<SocketAddr>,
    /// The user name that clients have to give [default: nodelab, if there is a token].
    #[arg(long, value_name = "NAME")]
    mqtt_user: Option<String>,
    /// The file that holds their password [default: `NODELAB_MQTT_PASSWORD`, if set].
    #[arg(long, value_name = "FILE")]
    mqtt_password_file: Option<PathBuf>,
}

impl MqttArgs {
    pub(super) fn service(self) -> Option<Service> {
        let wanted = self.mqtt.is_some() || self.mqtts.is_some();
        wanted.then_some(Service::Mqtt(MqttOptions {
            plain: self.mqtt,
            secure: self.mqtts,
            password_file: self.mqtt_password_file,
            user: self.mqtt_user,
        }))
    }
}
