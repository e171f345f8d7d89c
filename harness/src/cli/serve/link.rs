//! The arguments of `serve` about the link.

use std::net::SocketAddr;

use clap::Args;
use nodelab_sim::SimSpan;
use nodelab_sim::stack::tcp::TcpProfile;

use super::{address, span};
use crate::serve::{Downtime, LinkOptions, Service};

#[derive(Args, Debug)]
#[command(next_help_heading = "Link")]
pub(super) struct LinkArgs {
    /// Be a TCP proxy that behaves like this Wi-Fi: good, lossy, far, crowded, flaky-ap or ideal.
    #[arg(long, value_name = "PRESET", requires_all = ["listen", "upstream"])]
    link: Option<String>,
    /// Where clients connect.
    #[arg(long, value_name = "ADDRESS", value_parser = address, requires = "link")]
    listen: Option<SocketAddr>,
    /// Where the other end is.
    #[arg(long, value_name = "ADDRESS", value_parser = address, requires = "link")]
    upstream: Option<SocketAddr>,
    /// Let nothing through between these times from the beginning, such as 10s..20s; may be
    /// repeated.
    #[arg(long, value_name = "FROM..UNTIL", value_parser = downtime, requires = "link")]
    down: Vec<Downtime>,
    /// Reset all connections every so often, such as 60s.
    #[arg(long, value_name = "TIME", value_parser = span, requires = "link")]
    drop_every: Option<SimSpan>,
    /// Whose TCP the client has, which says how much is under way at a time: one of the profiles of
    /// scenarios.
    #[arg(long, value_name = "PROFILE", default_value = "arduino-lower-memory",
          value_parser = profile, requires = "link")]
    tcp: TcpProfile,
}

impl LinkArgs {
    pub(super) fn service(self, seed: Option<u64>) -> Option<Service> {
        Some(Service::Link(LinkOptions {
            down: self.down,
            drop_every: self.drop_every,
            listen: self.listen?,
            preset: self.link?,
            seed,
            tcp: self.tcp,
            upstream: self.upstream?,
        }))
    }
}

fn downtime(text: &str) -> Result<Downtime, String> {
    let wrong = || format!("\"{text}\" is no span of time; expected one such as 10s..20s");
    let (from, until) = text.split_once("..").ok_or_else(wrong)?;
    let down = Downtime {
        from: span(from).map_err(|_| wrong())?,
        until: span(until).map_err(|_| wrong())?,
    };
    if down.from >= down.until {
        return Err(format!("\"{text}\" ends before it begins"));
    }
    Ok(down)
}

fn profile(text: &str) -> Result<TcpProfile, String> {
    TcpProfile::named(text).ok_or_else(|| {
        let known: Vec<&str> = TcpProfile::names().collect();
        let known = known.join(", ");
        format!("\"{text}\" is no profile; expected one of {known}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_downtime_has_two_ends_in_their_order() {
        let down = downtime("500ms..2min").expect("two times");
        assert_eq!(down.from, SimSpan::from_millis(500));
        assert_eq!(down.until, SimSpan::from_secs(120));
        for wrong in ["", "10s", "20s..10s", "10s..10s", "a..b"] {
            assert!(downtime(wrong).is_err(), "{wrong}");
        }
    }
}
