//! What impostors show for themselves.

use std::sync::Arc;

use rustls::sign::CertifiedKey;

use super::super::provider::Holder;
use super::certificate::{Identity, Names, Purpose, Validity};
use super::{Authority, Part, certified, chain, luck};
use crate::adversary::Impostor;
use crate::rng::EntityId;

/// Seconds by which an expired certificate is too old, or one to come is too young.
const DAY_S: i64 = 86_400;
/// A name that no node asks for.
const ELSEWHERE: &str = "elsewhere.test";

/// Makes a chain and a key as an impostor has it.
pub(super) fn forge(authority: &Authority, how: Impostor) -> CertifiedKey {
    let number = how as u64;
    let mut luck = luck(authority.seed, EntityId::World, Part::Impostor, number);
    let settings = authority.spec.settings();
    let key = (settings.certificate_key, Holder::Stranger);
    let genuine = authority.validity();
    let name = super::server_names(settings);
    let issuers = &authority.issuers;
    let mut leaf = |issuer, name: Names<'_>, purpose, validity| {
        Identity::draw(issuer, name, purpose, validity, key, &mut luck)
    };
    let from_genuine = issuers.last();
    match how {
        Impostor::Expired => {
            let until = authority.epoch_s.saturating_sub(DAY_S);
            let from = genuine.from.min(until).saturating_sub(DAY_S);
            let validity = Validity { from, until };
            certified(
                &leaf(from_genuine, name, Purpose::Server, validity),
                issuers,
            )
        }
        Impostor::LeafAsCa => {
            let signer = leaf(from_genuine, ELSEWHERE.into(), Purpose::Server, genuine);
            let forged = leaf(Some(&signer), name, Purpose::Server, genuine);
            let above = certified(&signer, issuers).cert;
            let chain = std::iter::once(forged.der).chain(above).collect();
            CertifiedKey::new(chain, Arc::new(forged.key))
        }
        Impostor::LookAlikeCa | Impostor::UnknownCa => {
            let look_alike = how == Impostor::LookAlikeCa;
            let root = if look_alike {
                super::ROOT_NAME
            } else {
                "another root"
            };
            let issuers = chain(&authority.spec, Some(root), genuine, &mut luck);
            let issuer = issuers.last();
            let leaf = Identity::draw(issuer, name, Purpose::Server, genuine, key, &mut luck);
            certified(&leaf, &issuers)
        }
        Impostor::NotYetValid => {
            let validity = Validity {
                from: genuine.until,
                until: genuine.until.saturating_add(365 * DAY_S),
            };
            certified(
                &leaf(from_genuine, name, Purpose::Server, validity),
                issuers,
            )
        }
        Impostor::SelfSigned => {
            let own = leaf(None, name, Purpose::Server, genuine);
            CertifiedKey::new(vec![own.der], Arc::new(own.key))
        }
        Impostor::WrongName => certified(
            &leaf(from_genuine, ELSEWHERE.into(), Purpose::Server, genuine),
            issuers,
        ),
        Impostor::WrongPurpose => {
            certified(&leaf(from_genuine, name, Purpose::Client, genuine), issuers)
        }
    }
}
