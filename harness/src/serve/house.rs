//! What all services of a process share, and how they begin and end.
//!
//! Owns the order: every door is open before the first guest is let in, and when everything ends
//! each service has a moment to say what it did. Does not know what a service does.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use nodelab_sim::SimSpan;
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::adc::{self, AdcOptions};
use super::certificates::{CertificateOptions, Certificates};
use super::clock::Clock;
use super::closing::Closing;
use super::door::Rules;
use super::error::ServeError;
use super::journal::Journal;
use super::limits::{self, CONNECTIONS_MAX, GRACE_S};
use super::link::{self, LinkOptions};
use super::mqtt::{self, MqttOptions};
use super::tls::{self, TlsOptions};
use super::wokwi::{self, WokwiOptions};

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Whose certificates services show, if any does.
    pub certificates: CertificateOptions,
    /// How long to serve; `None` is until a signal.
    pub duration: Option<SimSpan>,
    /// Print only the beginning and the end.
    pub quiet: bool,
    /// Who may come in.
    pub rules: Rules,
    /// What to serve.
    pub services: Vec<Service>,
}

/// One service with its options.
#[derive(Clone, Debug)]
pub enum Service {
    /// The simulated converter.
    Adc(AdcOptions),
    /// A link that behaves like Wi-Fi.
    Link(LinkOptions),
    /// An MQTT broker.
    Mqtt(MqttOptions),
    /// A TLS endpoint.
    Tls(TlsOptions),
    /// Wokwi's simulation API.
    Wokwi(WokwiOptions),
}

/// What all services share; clones are the same house.
#[derive(Clone, Debug)]
pub struct House {
    certificates: Option<Arc<Certificates>>,
    /// Real time.
    pub clock: Clock,
    /// When to end.
    pub closing: Closing,
    /// Where lines go.
    pub journal: Journal,
    /// Who may come in.
    pub rules: Rules,
}

/// A service whose doors are open.
pub struct Ready {
    /// What to print before the first guest: where it listens, and what a user may type.
    pub greeting: Vec<String>,
    /// Serves until [`Closing`]; returns what to print about it at the end.
    pub run: BoxFuture<'static, Vec<String>>,
}

impl Service {
    async fn open(self, house: &House) -> Result<Ready, ServeError> {
        match self {
            Self::Adc(options) => adc::open(options, house).await,
            Self::Link(options) => link::open(options, house).await,
            Self::Mqtt(options) => mqtt::open(options, house).await,
            Self::Tls(options) => tls::open(options, house).await,
            Self::Wokwi(options) => wokwi::open(options, house).await,
        }
    }

    const fn shows_certificates(&self) -> bool {
        match self {
            Self::Adc(_) | Self::Link(_) | Self::Wokwi(_) => false,
            Self::Mqtt(options) => options.secure.is_some(),
            Self::Tls(_) => true,
        }
    }
}

impl House {
    /// Returns whose certificates services show.
    ///
    /// # Panics
    ///
    /// Unless the service said that it shows certificates.
    pub(super) fn certificates(&self) -> &Certificates {
        let certificates = self.certificates.as_deref();
        certificates.expect("they are made before a service opens that shows them")
    }
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ready")
            .field("greeting", &self.greeting)
            .finish_non_exhaustive()
    }
}

/// Serves until a signal comes or the time is over; returns what to print about it.
///
/// # Errors
///
/// [`ServeError`] if a service cannot be opened; then none is.
pub fn run(plan: Plan) -> Result<String, ServeError> {
    if plan.services.is_empty() {
        return Err(ServeError::Nothing);
    }
    let clock = Clock::start();
    let (journal, printer) = Journal::start(clock, plan.quiet).map_err(ServeError::Machine)?;
    let mut shown = plan.services.iter().map(Service::shows_certificates);
    let certificates = if shown.any(|shown| shown) {
        Some(Arc::new(Certificates::new(plan.certificates, clock)?))
    } else {
        None
    };
    let house = House {
        certificates,
        clock,
        closing: Closing::new(),
        journal,
        rules: plan.rules,
    };
    let runtime = runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(ServeError::Machine)?;
    let result = runtime.block_on(serve_all(plan.services, plan.duration, house));
    // Tasks that are left hold journals, which the printer waits for.
    runtime.shutdown_timeout(Duration::from_secs(1));
    printer.finish();
    result
}

async fn serve_all(
    services: Vec<Service>,
    duration: Option<SimSpan>,
    house: House,
) -> Result<String, ServeError> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(ServeError::Machine)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::Machine)?;
    let mut ready = Vec::new();
    for service in services {
        ready.push(service.open(&house).await?);
    }
    let of_certificates = house.certificates.iter().flat_map(|own| own.greeting());
    for line in of_certificates {
        house.journal.always(format_args!("{line}"));
    }
    for line in ready.iter().flat_map(|one| &one.greeting) {
        house.journal.always(format_args!("{line}"));
    }
    if let Some(files) = limits::open_files().filter(|files| *files < CONNECTIONS_MAX) {
        house.journal.always(format_args!(
            "this process may open {files} files, which bounds its connections; `ulimit -n` \
             raises it"
        ));
    }
    let mut running = JoinSet::new();
    for one in ready {
        running.spawn(one.run);
    }
    let over = async {
        match duration {
            Some(duration) => house.clock.after(duration).await,
            None => std::future::pending().await,
        }
    };
    let why = tokio::select! {
        _ = interrupt.recv() => "SIGINT",
        _ = terminate.recv() => "SIGTERM",
        () = over => "the time is over",
    };
    house.closing.close();
    let mut summary = format!("ended after {}: {why}\n", house.clock.now());
    let ended = async {
        while let Some(lines) = running.join_next().await {
            for line in lines.unwrap_or_default() {
                summary.push_str(&line);
                summary.push('\n');
            }
        }
    };
    tokio::select! {
        _ = timeout(Duration::from_secs(GRACE_S), ended) => {}
        // Whoever asks twice does not want to wait.
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(summary)
}
