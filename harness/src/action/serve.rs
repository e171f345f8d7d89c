//! The command that serves.

use std::path::PathBuf;

use nodelab_sim::SimSpan;

use super::{complain, print};
use crate::exit::Exit;
use crate::serve::{self, CertificateOptions, Plan, Rules, ServeError, Service, Token};

/// Arguments of `serve`.
#[derive(Clone, Debug)]
pub struct ServeAction {
    /// Whose certificates services show.
    pub certificates: CertificateOptions,
    /// How long to serve; `None` is until a signal.
    pub duration: Option<SimSpan>,
    /// Print only the beginning and the end.
    pub quiet: bool,
    /// Who may come in; the token is read when it begins.
    pub rules: Rules,
    /// What to serve.
    pub services: Vec<Service>,
    /// The file that holds the token; `None` is the environment's, if any.
    pub token_file: Option<PathBuf>,
}

pub(super) fn serve(action: ServeAction) -> Exit {
    let plan = Token::find(action.token_file.as_deref()).map(|token| Plan {
        certificates: action.certificates,
        duration: action.duration,
        quiet: action.quiet,
        rules: Rules {
            token,
            ..action.rules
        },
        services: action.services,
    });
    match plan.map_err(ServeError::from).and_then(serve::run) {
        // Where nobody reads, another line would wait for ever.
        Ok(summary) => summary.map_or(Exit::Passed, |summary| print(&summary)),
        Err(error) => {
            complain(&format!("error: failed to {error}\n"));
            match error {
                ServeError::Failed { .. } => Exit::Bug,
                ServeError::Bind { .. }
                | ServeError::Machine(_)
                | ServeError::NotLoopback { .. }
                | ServeError::NoAddresses { .. }
                | ServeError::NoToken { .. }
                | ServeError::Nothing
                | ServeError::Scenario(_)
                | ServeError::Setting(_)
                | ServeError::Token(_)
                | ServeError::Write { .. } => Exit::Invalid,
            }
        }
    }
}
