//! Chains that are good, and for each refusal one that is not.

use std::string::ToString as _;
use std::vec;
use std::vec::Vec;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};

use crate::{CHAIN_MAX, Refusal, judge};

const HOST: &str = "broker.test";
/// 2026-01-01T00:00:00Z.
const NOW: u64 = 1_767_225_600;

type Ca = CertifiedIssuer<'static, KeyPair>;

fn key() -> KeyPair {
    KeyPair::generate().unwrap()
}

/// An authority's settings, valid from 2020 to 2030.
fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    dated(params, 2020, 2030)
}

/// A server's settings, valid from 2020 to 2030.
fn server(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_string()]).unwrap();
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    dated(params, 2020, 2030)
}

fn dated(mut params: CertificateParams, from: i32, until: i32) -> CertificateParams {
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    params
}

fn root() -> Ca {
    CertifiedIssuer::self_signed(authority("root"), key()).unwrap()
}

fn below(params: CertificateParams, issuer: &Ca) -> Ca {
    CertifiedIssuer::signed_by(params, key(), issuer).unwrap()
}

fn leaf(params: &CertificateParams, issuer: &Ca) -> Vec<u8> {
    params.signed_by(&key(), issuer).unwrap().der().to_vec()
}

fn verdict(chain: &[Vec<u8>], anchor: &Ca) -> Result<(), Refusal> {
    let chain = chain.iter().map(Vec::as_slice);
    judge(chain, anchor.der(), HOST.as_bytes(), NOW).map(drop)
}

/// Judges a leaf right below the root.
fn alone(params: &CertificateParams) -> Result<(), Refusal> {
    let root = root();
    verdict(&[leaf(params, &root)], &root)
}

/// Judges a good leaf below an intermediate with these settings.
fn through(params: CertificateParams) -> Result<(), Refusal> {
    let root = root();
    let middle = below(params, &root);
    let chain = [leaf(&server(HOST), &middle), middle.der().to_vec()];
    verdict(&chain, &root)
}

#[test]
fn chains_with_and_without_intermediates_are_good() {
    assert_eq!(alone(&server(HOST)), Ok(()));
    assert_eq!(through(authority("middle")), Ok(()));
    let root = root();
    let upper = below(authority("upper"), &root);
    let lower = below(authority("lower"), &upper);
    let chain = [
        leaf(&server(HOST), &lower),
        lower.der().to_vec(),
        upper.der().to_vec(),
    ];
    assert_eq!(verdict(&chain, &root), Ok(()));
    // A server that sends the root too does no harm.
    let whole = [&chain[..], &[root.der().to_vec()]].concat();
    assert_eq!(verdict(&whole, &root), Ok(()));
    // One that leaves somebody out, or sends them in another order, is not understood.
    let gap = [chain[0].clone(), chain[2].clone()];
    assert_eq!(verdict(&gap, &root), Err(Refusal::UnknownIssuer));
    assert_eq!(verdict(&chain[..1], &root), Err(Refusal::UnknownIssuer));
    assert_eq!(verdict(&[], &root), Err(Refusal::NoCertificate));
}

#[test]
fn a_certificate_without_restrictions_is_good() {
    let mut params = server(HOST);
    params.key_usages.clear();
    params.extended_key_usages.clear();
    assert_eq!(alone(&params), Ok(()));
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any];
    assert_eq!(alone(&params), Ok(()));
}

#[test]
fn another_hosts_name_is_refused() {
    assert_eq!(alone(&server("other.test")), Err(Refusal::WrongName));
    // A name among the subject's attributes alone does not count.
    let mut params = dated(CertificateParams::new(Vec::new()).unwrap(), 2020, 2030);
    params.distinguished_name.push(DnType::CommonName, HOST);
    assert_eq!(alone(&params), Err(Refusal::WrongName));
}

#[test]
fn dates_of_every_certificate_count() {
    let early = |params| dated(params, 2027, 2030);
    let late = |params| dated(params, 2020, 2025);
    assert_eq!(alone(&early(server(HOST))), Err(Refusal::NotYetValid));
    assert_eq!(alone(&late(server(HOST))), Err(Refusal::Expired));
    assert_eq!(
        through(early(authority("middle"))),
        Err(Refusal::NotYetValid)
    );
    assert_eq!(through(late(authority("middle"))), Err(Refusal::Expired));
}

#[test]
fn an_authority_that_only_looks_like_the_trusted_one_is_refused() {
    let (ours, theirs) = (root(), root());
    let forged = [leaf(&server(HOST), &theirs)];
    assert_eq!(verdict(&forged, &ours), Err(Refusal::BadSignature));
    // So it is with one in the middle.
    let middle = below(authority("middle"), &theirs);
    let forged = [leaf(&server(HOST), &middle), middle.der().to_vec()];
    assert_eq!(verdict(&forged, &ours), Err(Refusal::BadSignature));
    let stranger = CertifiedIssuer::self_signed(authority("stranger"), key()).unwrap();
    let forged = [leaf(&server(HOST), &stranger)];
    assert_eq!(verdict(&forged, &ours), Err(Refusal::UnknownIssuer));
}

#[test]
fn a_leaf_that_plays_authority_is_refused() {
    let mut params = server("other.test");
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages.push(KeyUsagePurpose::KeyCertSign);
    assert_eq!(through(params.clone()), Err(Refusal::NotAnAuthority));
    params.is_ca = IsCa::NoCa;
    assert_eq!(through(params), Err(Refusal::NotAnAuthority));
}

#[test]
fn keys_for_something_else_are_refused() {
    let mut params = server(HOST);
    params.key_usages = vec![KeyUsagePurpose::KeyAgreement];
    assert_eq!(alone(&params), Err(Refusal::WrongUsage));
    let mut params = server(HOST);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    assert_eq!(alone(&params), Err(Refusal::WrongUsage));
    let mut params = authority("middle");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    assert_eq!(through(params), Err(Refusal::WrongUsage));
    let mut params = authority("middle");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    assert_eq!(through(params), Err(Refusal::WrongUsage));
}

#[test]
fn an_authority_may_allow_fewer_issuers_below_it() {
    for (most, expected) in [(0, Err(Refusal::PathTooLong)), (1, Ok(()))] {
        let mut params = authority("root");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(most));
        let root = CertifiedIssuer::self_signed(params, key()).unwrap();
        let middle = below(authority("middle"), &root);
        let chain = [leaf(&server(HOST), &middle), middle.der().to_vec()];
        assert_eq!(verdict(&chain, &root), expected);
        assert_eq!(verdict(&[leaf(&server(HOST), &root)], &root), Ok(()));
    }
}

#[test]
fn critical_extensions_must_be_understood() {
    for (critical, expected) in [
        (true, Err(Refusal::UnknownCriticalExtension)),
        (false, Ok(())),
    ] {
        let mut params = server(HOST);
        let mut extension = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 9], vec![5, 0]);
        extension.set_criticality(critical);
        params.custom_extensions.push(extension);
        assert_eq!(alone(&params), expected);
    }
}

#[test]
fn other_algorithms_are_refused() {
    let root = root();
    let other = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    let signed = server(HOST).signed_by(&other, &root).unwrap();
    let chain = [signed.der().to_vec()];
    assert_eq!(verdict(&chain, &root), Err(Refusal::UnsupportedAlgorithm));
    let issuer = CertifiedIssuer::signed_by(authority("middle"), other, &root).unwrap();
    let signed = server(HOST).signed_by(&key(), &issuer).unwrap();
    let chain = [signed.der().to_vec(), issuer.der().to_vec()];
    assert_eq!(verdict(&chain, &root), Err(Refusal::UnsupportedAlgorithm));
}

#[test]
fn a_chain_without_end_is_refused() {
    let root = root();
    let mut issuers = vec![below(authority("0"), &root)];
    for number in 1..CHAIN_MAX {
        let issuer = below(authority(&number.to_string()), issuers.last().unwrap());
        issuers.push(issuer);
    }
    let mut chain = vec![leaf(&server(HOST), issuers.last().unwrap())];
    chain.extend(issuers.iter().rev().map(|issuer| issuer.der().to_vec()));
    assert_eq!(verdict(&chain, &root), Err(Refusal::ChainTooLong));
    // One shorter is as long as may be.
    chain = vec![leaf(&server(HOST), &issuers[CHAIN_MAX - 2])];
    let above = issuers[..CHAIN_MAX - 1].iter().rev();
    chain.extend(above.map(|issuer| issuer.der().to_vec()));
    assert_eq!(verdict(&chain, &root), Ok(()));
}

/// Every prefix and every flipped bit of a good certificate is refused.
#[test]
fn a_certificate_that_was_touched_is_refused() {
    let root = root();
    let good = leaf(&server(HOST), &root);
    assert_eq!(verdict(std::slice::from_ref(&good), &root), Ok(()));
    for length in 0..good.len() {
        assert!(
            verdict(&[good[..length].to_vec()], &root).is_err(),
            "{length}"
        );
    }
    for bit in 0..good.len() * 8 {
        let mut touched = good.clone();
        touched[bit / 8] ^= 1 << (bit % 8);
        assert!(verdict(&[touched], &root).is_err(), "{bit}");
    }
}
