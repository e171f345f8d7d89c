//! DNS messages (RFC 1035): one question for an IPv4 address, and its answer.

use core::net::Ipv4Addr;

use smoltcp::wire::{
    DnsFlags, DnsOpcode, DnsPacket, DnsQueryType, DnsQuestion, DnsRcode, DnsRecord, DnsRecordData,
    DnsRepr,
};

use crate::stack::address::AddressDrop;

/// Port of resolvers.
pub(super) const PORT: u16 = 53;

/// Bytes of the header.
const HEADER: usize = 12;
/// A label's longest (RFC 1035 §2.3.4).
const LABEL_MAX: usize = 63;
/// A name's longest, with lengths and the root (RFC 1035 §2.3.4).
const NAME_MAX: usize = 255;
/// Records of an answer that are looked at; a chain of aliases is shorter.
const RECORDS_MAX: u16 = 16;
/// A name that is the question's: a pointer to the end of the header (RFC 1035 §4.1.4).
const POINTER_TO_QUESTION: [u8; 2] = [0xC0, 12];
/// The class "Internet".
const INTERNET: u16 = 1;

/// A name as it stands in a message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Name(Box<[u8]>);

/// What an answer says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Answer {
    /// The name is this address, for so many seconds.
    Address(Ipv4Addr, u32),
    /// The name does not exist, or has no address.
    NoSuchName,
    /// The resolver could not do it.
    Refused,
}

/// A question, as a resolver reads it.
#[derive(Debug)]
pub(super) struct Query<'a> {
    id: u16,
    name: &'a [u8],
    kind: DnsQueryType,
}

impl Name {
    /// Encodes a name; `None` if no host can be called so.
    pub(super) fn encode(name: &str) -> Option<Self> {
        let name = name.strip_suffix('.').unwrap_or(name);
        let mut bytes = Vec::with_capacity(name.len() + 2);
        for label in name.split('.') {
            let len = Some(label.len()).filter(|len| (1..=LABEL_MAX).contains(len))?;
            bytes.push(u8::try_from(len).ok()?);
            bytes.extend_from_slice(label.as_bytes());
        }
        bytes.push(0);
        (bytes.len() <= NAME_MAX).then(|| Self(bytes.into()))
    }

    /// Returns whether this is the same name; a label's length is no letter.
    pub(super) fn is(&self, other: &[u8]) -> bool {
        self.0.eq_ignore_ascii_case(other)
    }
}

/// Writes a question for an IPv4 address.
pub(super) fn write_query(id: u16, name: &Name) -> Vec<u8> {
    let repr = DnsRepr {
        transaction_id: id,
        opcode: DnsOpcode::Query,
        flags: DnsFlags::RECURSION_DESIRED,
        question: question(&name.0, DnsQueryType::A),
    };
    let mut bytes = vec![0; repr.buffer_len()];
    repr.emit(&mut DnsPacket::new_unchecked(bytes.as_mut_slice()));
    bytes
}

/// Reads the answer to a question.
pub(super) fn read_answer(id: u16, name: &Name, payload: &[u8]) -> Result<Answer, AddressDrop> {
    let malformed = |_| AddressDrop::Malformed;
    let packet = DnsPacket::new_checked(payload).map_err(malformed)?;
    if packet.transaction_id() != id {
        return Err(AddressDrop::Foreign);
    }
    let is_answer = packet.flags().contains(DnsFlags::RESPONSE);
    if !is_answer || packet.opcode() != DnsOpcode::Query || packet.question_count() != 1 {
        return Err(AddressDrop::Malformed);
    }
    let (mut rest, asked) = DnsQuestion::parse(packet.payload()).map_err(malformed)?;
    if !name.is(asked.name) || asked.type_ != DnsQueryType::A {
        return Err(AddressDrop::Foreign);
    }
    match packet.rcode() {
        DnsRcode::NoError => {}
        DnsRcode::NXDomain => return Ok(Answer::NoSuchName),
        DnsRcode::FormErr
        | DnsRcode::NotAuth
        | DnsRcode::NotImp
        | DnsRcode::NotZone
        | DnsRcode::NXRRSet
        | DnsRcode::Refused
        | DnsRcode::ServFail
        | DnsRcode::YXDomain
        | DnsRcode::YXRRSet
        | DnsRcode::Unknown(_) => return Ok(Answer::Refused),
    }
    // As lwIP does, the first address is taken, whatever aliases stand before it.
    for _ in 0..packet.answer_record_count().min(RECORDS_MAX) {
        let (after, record) = DnsRecord::parse(rest).map_err(malformed)?;
        if let DnsRecordData::A(address) = record.data {
            return Ok(Answer::Address(address, record.ttl));
        }
        rest = after;
    }
    Ok(Answer::NoSuchName)
}

impl<'a> Query<'a> {
    /// Reads a question.
    pub(super) fn read(payload: &'a [u8]) -> Result<Self, AddressDrop> {
        let malformed = |_| AddressDrop::Malformed;
        let packet = DnsPacket::new_checked(payload).map_err(malformed)?;
        let is_answer = packet.flags().contains(DnsFlags::RESPONSE);
        if is_answer || packet.opcode() != DnsOpcode::Query || packet.question_count() != 1 {
            return Err(AddressDrop::Unwanted);
        }
        let body = &payload[HEADER..];
        let (_, asked) = DnsQuestion::parse(body).map_err(malformed)?;
        // A name in a question is whole: nothing stands before it that it could point to.
        if asked.name.len() > NAME_MAX || asked.name.last() != Some(&0) {
            return Err(AddressDrop::Malformed);
        }
        Ok(Self {
            id: packet.transaction_id(),
            name: asked.name,
            kind: asked.type_,
        })
    }

    /// Returns whether the question is about this name.
    pub(super) fn is_about(&self, name: &Name) -> bool {
        name.is(self.name)
    }

    /// Writes the answer that a name does not exist.
    pub(super) fn write_no_such_name(&self) -> Vec<u8> {
        self.write(3, &[])
    }

    /// Writes the answer with an address; empty if none was asked for.
    pub(super) fn write_address(&self, address: Ipv4Addr, seconds: u32) -> Vec<u8> {
        if self.kind != DnsQueryType::A {
            return self.write(0, &[]);
        }
        let mut record = Vec::with_capacity(16);
        record.extend_from_slice(&POINTER_TO_QUESTION);
        record.extend_from_slice(&u16::from(DnsQueryType::A).to_be_bytes());
        record.extend_from_slice(&INTERNET.to_be_bytes());
        record.extend_from_slice(&seconds.to_be_bytes());
        record.extend_from_slice(&4_u16.to_be_bytes());
        record.extend_from_slice(&address.octets());
        self.write(0, &record)
    }

    fn write(&self, rcode: u8, record: &[u8]) -> Vec<u8> {
        /// Where the header keeps the result, in its low four bits.
        const RCODE: usize = 3;
        let question = question(self.name, self.kind);
        let mut bytes = vec![0; HEADER + question.buffer_len()];
        let mut packet = DnsPacket::new_unchecked(bytes.as_mut_slice());
        packet.set_transaction_id(self.id);
        packet.set_flags(
            DnsFlags::RESPONSE | DnsFlags::RECURSION_DESIRED | DnsFlags::RECURSION_AVAILABLE,
        );
        packet.set_opcode(DnsOpcode::Query);
        packet.set_question_count(1);
        packet.set_answer_record_count(u16::from(!record.is_empty()));
        question.emit(packet.payload_mut());
        bytes[RCODE] |= rcode;
        bytes.extend_from_slice(record);
        bytes
    }
}

const fn question(name: &[u8], kind: DnsQueryType) -> DnsQuestion<'_> {
    DnsQuestion { name, type_: kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

    #[test]
    fn a_name_is_encoded_by_labels() {
        let encode = |name: &str| Name::encode(name).map(|name| name.0.to_vec());
        let expected = b"\x06broker\x04test\0".to_vec();
        assert_eq!(encode("broker.test"), Some(expected.clone()));
        assert_eq!(encode("broker.test."), Some(expected));
        let (longest, longer) = ("a".repeat(63), "a".repeat(64));
        assert!(encode(&longest).is_some());
        let name = [longest.as_str(); 4].join(".");
        for bad in ["", ".", "a..b", &longer, &name] {
            assert_eq!(encode(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_address_is_read_as_it_was_answered() {
        let name = Name::encode("broker.test").unwrap();
        let bytes = write_query(7, &name);
        let query = Query::read(&bytes).unwrap();
        assert!(query.is_about(&Name::encode("BROKER.test").unwrap()));
        let answer = query.write_address(ADDRESS, 300);
        assert_eq!(
            read_answer(7, &name, &answer),
            Ok(Answer::Address(ADDRESS, 300))
        );
        let missing = query.write_no_such_name();
        assert_eq!(read_answer(7, &name, &missing), Ok(Answer::NoSuchName));
    }

    #[test]
    fn an_answer_to_another_question_is_foreign() {
        let name = Name::encode("broker.test").unwrap();
        let bytes = write_query(7, &name);
        let answer = Query::read(&bytes).unwrap().write_address(ADDRESS, 300);
        let other = Name::encode("broken.test").unwrap();
        assert_eq!(read_answer(8, &name, &answer), Err(AddressDrop::Foreign));
        assert_eq!(read_answer(7, &other, &answer), Err(AddressDrop::Foreign));
        assert_eq!(read_answer(7, &name, &bytes), Err(AddressDrop::Malformed));
    }

    #[test]
    fn an_alias_before_the_address_is_passed_over() {
        let name = Name::encode("broker.test").unwrap();
        let bytes = write_query(7, &name);
        let query = Query::read(&bytes).unwrap();
        let mut answer = query.write(0, b"\xC0\x0C\0\x05\0\x01\0\0\0\x3C\0\x02\xC0\x0C");
        let plain = query.write_address(ADDRESS, 60);
        answer.extend_from_slice(&plain[bytes.len()..]);
        let records = 7;
        answer[records] = 2;
        assert_eq!(
            read_answer(7, &name, &answer),
            Ok(Answer::Address(ADDRESS, 60))
        );
    }

    #[test]
    fn a_question_for_ipv6_has_an_empty_answer() {
        let name = Name::encode("broker.test").unwrap();
        let mut bytes = write_query(7, &name);
        let kind = bytes.len() - 3;
        bytes[kind] = 28;
        let answer = Query::read(&bytes).unwrap().write_address(ADDRESS, 60);
        assert_eq!(answer.len(), bytes.len());
    }
}
