//! What all services of a process share, and how they begin and end.
//!
//! Owns the order: every door is open before the first guest is let in, and when everything ends
//! each service has a moment to say what it did. Does not know what a service does.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use nodelab_sim::SimSpan;
use tokio::runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Semaphore;
use tokio::task::{Id, JoinError, JoinSet};
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
pub(crate) struct House {
    certificates: Option<Arc<Certificates>>,
    /// Real time.
    pub(crate) clock: Clock,
    /// When to end.
    pub(crate) closing: Closing,
    /// Files that connections of all services may still take.
    pub(super) files: Arc<Semaphore>,
    /// How many files those are when nobody is connected.
    pub(super) files_max: usize,
    /// Where lines go.
    pub(crate) journal: Journal,
    /// Who may come in.
    pub(crate) rules: Rules,
}

/// A service whose doors are open.
pub(crate) struct Ready {
    /// What to print before the first guest: where it listens, and what a user may type.
    pub(crate) greeting: Vec<String>,
    /// Serves until [`Closing`]; returns what to print about it at the end.
    pub(crate) run: BoxFuture<'static, Vec<String>>,
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

    /// Returns its name, as lines and flags have it.
    const fn name(&self) -> &'static str {
        match self {
            Self::Adc(_) => "adc",
            Self::Link(_) => "link",
            Self::Mqtt(_) => "mqtt",
            Self::Tls(_) => "tls",
            Self::Wokwi(_) => "wokwi",
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
    fn new(
        certificates: Option<Arc<Certificates>>,
        clock: Clock,
        journal: Journal,
        rules: Rules,
    ) -> Self {
        let files_max = limits::connection_files();
        Self {
            certificates,
            clock,
            closing: Closing::new(),
            files: Arc::new(Semaphore::new(files_max)),
            files_max,
            journal,
            rules,
        }
    }

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
/// There is nothing to print if nobody reads what was printed so far.
///
/// # Errors
///
/// [`ServeError`] if a service cannot be opened, and then none is; or if one failed.
pub fn run(plan: Plan) -> Result<Option<String>, ServeError> {
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
    let house = House::new(certificates, clock, journal, plan.rules);
    let runtime = runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(ServeError::Machine)?;
    let result = runtime.block_on(serve_all(plan.services, plan.duration, house));
    // Tasks that are left hold journals, which the printer waits for.
    runtime.shutdown_timeout(Duration::from_secs(1));
    let is_told = printer.finish(Duration::from_secs(GRACE_S));
    result.map(|summary| is_told.then_some(summary))
}

async fn serve_all(
    services: Vec<Service>,
    duration: Option<SimSpan>,
    house: House,
) -> Result<String, ServeError> {
    let signals = Signals::new().map_err(ServeError::Machine)?;
    let mut ready = Vec::new();
    for service in services {
        let name = service.name();
        ready.push((name, service.open(&house).await?));
    }
    let of_certificates = house.certificates.iter().flat_map(|own| own.greeting());
    for line in of_certificates {
        house.journal.always(format_args!("{line}"));
    }
    for line in ready.iter().flat_map(|(_, one)| &one.greeting) {
        house.journal.always(format_args!("{line}"));
    }
    if let Some(files) = limits::open_files().filter(|files| *files < CONNECTIONS_MAX) {
        house.journal.always(format_args!(
            "this process may open {files} files, which bounds its connections; `ulimit -n` \
             raises it"
        ));
    }
    attend(ready, duration, signals, &house).await
}

/// Lets services run until it is time to end, or one of them fails.
async fn attend(
    ready: Vec<(&'static str, Ready)>,
    duration: Option<SimSpan>,
    mut signals: Signals,
    house: &House,
) -> Result<String, ServeError> {
    let mut running = Running::default();
    for (name, one) in ready {
        let handle = running.tasks.spawn(one.run);
        running.names.push((handle.id(), name));
    }
    let over = async {
        match duration {
            Some(duration) => house.clock.after(duration).await,
            None => std::future::pending().await,
        }
    };
    let why = tokio::select! {
        why = signals.next() => Ok(why),
        () = over => Ok("the time is over"),
        Some(ended) = running.next() => Err(match ended {
            Ok((name, _)) => ServeError::Failed {
                service: name,
                why: "it ended by itself".to_owned(),
            },
            Err(failed) => failed,
        }),
    };
    house.closing.close();
    let why = why?;
    let mut summary = format!("ended after {}: {why}\n", house.clock.now());
    let ended = async {
        while let Some(ended) = running.next().await {
            for line in ended?.1 {
                summary.push_str(&line);
                summary.push('\n');
            }
        }
        Ok::<(), ServeError>(())
    };
    tokio::select! {
        ended = timeout(Duration::from_secs(GRACE_S), ended) => ended.unwrap_or(Ok(()))?,
        // Whoever asks twice does not want to wait.
        _ = signals.next() => {}
    }
    Ok(summary)
}

/// The signals that end the program.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

/// Services that run.
#[derive(Default)]
struct Running {
    names: Vec<(Id, &'static str)>,
    tasks: JoinSet<Vec<String>>,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next one; returns its name.
    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}

impl Running {
    /// Waits for a service to end; returns its name and what it says, or how it failed.
    async fn next(&mut self) -> Option<Result<(&'static str, Vec<String>), ServeError>> {
        let ended = self.tasks.join_next_with_id().await?;
        let name = |id| {
            let mut names = self.names.iter();
            names
                .find_map(|(of, name)| (*of == id).then_some(*name))
                .unwrap_or_default()
        };
        Some(match ended {
            Ok((id, lines)) => Ok((name(id), lines)),
            Err(error) => Err(ServeError::Failed {
                service: name(error.id()),
                why: panic_text(error),
            }),
        })
    }
}

/// Returns what a task said when it panicked.
fn panic_text(error: JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else {
        return "it was cancelled".to_owned();
    };
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "it panicked".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Option<SimSpan> = Some(SimSpan::from_secs(60));

    fn house() -> House {
        let clock = Clock::start();
        let (journal, _) = Journal::start(clock, true).unwrap();
        House::new(None, clock, journal, Rules::default())
    }

    async fn run_of(
        run: BoxFuture<'static, Vec<String>>,
        duration: Option<SimSpan>,
    ) -> Result<String, ServeError> {
        let ready = Ready {
            greeting: Vec::new(),
            run,
        };
        let signals = Signals::new().unwrap();
        attend(vec![("adc", ready)], duration, signals, &house()).await
    }

    #[tokio::test]
    async fn a_service_that_panics_ends_the_program_and_is_named() {
        let ended = run_of(Box::pin(async { panic!("it hurts") }), LONG).await;
        let told = ended.unwrap_err().to_string();
        assert_eq!(
            told,
            "serve: adc failed, which is a bug of nodelab: it hurts"
        );
    }

    #[tokio::test]
    async fn a_service_that_ends_by_itself_does_too() {
        let ended = run_of(Box::pin(async { Vec::new() }), LONG).await;
        assert!(ended.unwrap_err().to_string().contains("by itself"));
    }

    #[tokio::test]
    async fn a_service_that_panics_at_the_end_is_told_as_well() {
        let late = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            panic!("it hurts {}", "late")
        };
        let ended = run_of(Box::pin(late), Some(SimSpan::from_millis(1))).await;
        assert!(ended.unwrap_err().to_string().ends_with("it hurts late"));
    }
}
