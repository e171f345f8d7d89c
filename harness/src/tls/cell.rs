//! A point of the matrix: one way to shake hands.
//!
//! Owns what makes a cell, its name, which cells there are, and which of them come first. Does
//! not know what a cell costs.

use std::fmt;

use super::axis::{Aead, Auth, Axis, AxisError, Exchange, Intermediates, Mode, Mutual, Protocol};

/// The keys of a cell, in the order of its name.
pub(super) const KEYS: [&str; 7] = [
    Protocol::KEY,
    Auth::KEY,
    Intermediates::KEY,
    Mutual::KEY,
    Mode::KEY,
    Exchange::KEY,
    Aead::KEY,
];

/// One way to shake hands. In the order of tables.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Cell {
    /// The version.
    pub protocol: Protocol,
    /// Kind of all keys in certificates.
    pub auth: Auth,
    /// Certificates between root and leaf.
    pub intermediates: Intermediates,
    /// Whether the node shows a certificate.
    pub mutual: Mutual,
    /// From nothing, or resumed.
    pub mode: Mode,
    /// The key exchange.
    pub kx: Exchange,
    /// The cipher.
    pub aead: Aead,
}

/// Which cells are wanted: for each key that is named, one of its values.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct CellFilter {
    protocol: Vec<Protocol>,
    auth: Vec<Auth>,
    intermediates: Vec<Intermediates>,
    mutual: Vec<Mutual>,
    mode: Vec<Mode>,
    kx: Vec<Exchange>,
    aead: Vec<Aead>,
}

/// Why a text names no cell.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CellError {
    /// A value fits more than one axis.
    Ambiguous {
        /// The value.
        value: String,
        /// The axes.
        keys: Vec<&'static str>,
    },
    /// No axis has this key, or no axis has this bare value.
    Key(AxisError),
    /// A key was given twice with different values.
    Twice(&'static str),
    /// The axis has no such value.
    Value(AxisError),
}

impl Cell {
    /// What a key that is not named stands for.
    pub const BASE: Self = Self {
        protocol: Protocol::V1_3,
        auth: Auth::P256,
        intermediates: Intermediates::None,
        mutual: Mutual::No,
        mode: Mode::Full,
        kx: Exchange::X25519,
        aead: Aead::Aes128Gcm,
    };

    /// Returns every cell, possible or not.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut cells = vec![Self::BASE];
        vary(&mut cells, |cell, protocol| Self { protocol, ..cell });
        vary(&mut cells, |cell, auth| Self { auth, ..cell });
        vary(&mut cells, |cell, intermediates| Self {
            intermediates,
            ..cell
        });
        vary(&mut cells, |cell, mutual| Self { mutual, ..cell });
        vary(&mut cells, |cell, mode| Self { mode, ..cell });
        vary(&mut cells, |cell, kx| Self { kx, ..cell });
        vary(&mut cells, |cell, aead| Self { aead, ..cell });
        cells
    }

    /// Returns the cells that answer most questions, one axis at a time around [`Cell::BASE`].
    ///
    /// # Panics
    ///
    /// Never: the list names cells.
    #[must_use]
    pub fn core() -> Vec<Self> {
        let cells = CORE.iter().map(|text| {
            text.parse::<Self>()
                .expect("the list of core cells names cells")
        });
        cells.collect()
    }

    /// Returns the values by key, in the order of the name.
    #[must_use]
    pub fn values(self) -> [(&'static str, &'static str); 7] {
        let values = [
            self.protocol.name(),
            self.auth.name(),
            self.intermediates.name(),
            self.mutual.name(),
            self.mode.name(),
            self.kx.name(),
            self.aead.name(),
        ];
        std::array::from_fn(|index| (KEYS[index], values[index]))
    }
}

/// Multiplies cells by the values of one axis.
fn vary<A: Axis>(cells: &mut Vec<Cell>, with: impl Fn(Cell, A) -> Cell) {
    let of = |cell: &Cell| {
        let cell = *cell;
        A::ALL.iter().map(move |value| (cell, *value))
    };
    *cells = cells
        .iter()
        .flat_map(of)
        .map(|(cell, value)| with(cell, value))
        .collect();
}

/// Full handshakes by certificate, chain, exchange and cipher; mutual; resumed; retried; and two
/// that cannot be, to show how that looks.
const CORE: [&str; 44] = [
    "1.3,auth=p256",
    "1.3,auth=p384",
    "1.3,auth=ed25519",
    "1.3,auth=rsa2048",
    "1.3,auth=rsa4096",
    "1.3,auth=p256,intermediates=1",
    "1.3,auth=p256,intermediates=2",
    "1.3,auth=rsa2048,intermediates=1",
    "1.3,auth=rsa2048,intermediates=2",
    "1.3,auth=p256,kx=p256",
    "1.3,auth=p256,kx=p256,intermediates=1",
    "1.3,auth=p256,kx=p256,intermediates=2",
    "1.3,auth=p256,kx=x25519mlkem768",
    "1.3,auth=rsa2048,kx=x25519mlkem768",
    "1.3,auth=p256,aead=aes256gcm",
    "1.3,auth=p256,aead=chacha20poly1305",
    "1.3,auth=p256,mutual=true",
    "1.3,auth=p256,mutual=true,intermediates=1",
    "1.3,auth=p256,kx=p256,mutual=true",
    "1.3,auth=rsa2048,mutual=true",
    "1.3,auth=p256,mode=ticket",
    "1.3,auth=p256,mode=ticket,kx=p256",
    "1.3,auth=p256,mode=ticket,kx=x25519mlkem768",
    "1.3,auth=p256,mode=ticket,mutual=true,intermediates=1",
    "1.3,auth=rsa2048,mode=ticket",
    "1.3,auth=p256,mode=hrr",
    "1.3,auth=p256,mode=hrr,kx=p256",
    "1.3,auth=p256,mode=hrr,kx=x25519mlkem768",
    "1.2,auth=p256",
    "1.2,auth=p384",
    "1.2,auth=ed25519",
    "1.2,auth=rsa2048",
    "1.2,auth=rsa4096",
    "1.2,auth=p256,kx=p256",
    "1.2,auth=p256,aead=chacha20poly1305",
    "1.2,auth=p256,kx=p256,mutual=true",
    "1.2,auth=p256,kx=p256,mutual=true,intermediates=1",
    "1.2,auth=rsa2048,kx=p256,mutual=true",
    "1.2,auth=p256,mode=ticket",
    "1.2,auth=p256,mode=ticket,mutual=true,intermediates=1",
    "1.2,auth=p256,mode=session-id",
    "1.2,auth=p256,mode=session-id,mutual=true,intermediates=1",
    "1.2,auth=p256,kx=x25519mlkem768",
    "1.3,auth=p256,mode=session-id",
];

impl CellFilter {
    /// Adds what a text such as `protocol=1.3,mode=ticket` asks for; a key that comes twice
    /// takes either value.
    ///
    /// # Errors
    ///
    /// A [`CellError`] that says which keys or values there are.
    pub fn add(&mut self, text: &str) -> Result<(), CellError> {
        for part in parts(text) {
            let (key, value) = key_and_value(part)?;
            self.add_value(key, value).map_err(CellError::Value)?;
        }
        Ok(())
    }

    /// Adds what others ask for: a key that comes twice takes either value.
    #[must_use]
    pub fn merged(filters: &[Self]) -> Self {
        let mut all = Self::default();
        for filter in filters {
            all.protocol.extend(&filter.protocol);
            all.auth.extend(&filter.auth);
            all.intermediates.extend(&filter.intermediates);
            all.mutual.extend(&filter.mutual);
            all.mode.extend(&filter.mode);
            all.kx.extend(&filter.kx);
            all.aead.extend(&filter.aead);
        }
        all
    }

    /// Returns whether it asks for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns whether a cell is wanted.
    #[must_use]
    pub fn takes(&self, cell: Cell) -> bool {
        fn fits<A: Eq>(wanted: &[A], is: &A) -> bool {
            wanted.is_empty() || wanted.contains(is)
        }
        fits(&self.protocol, &cell.protocol)
            && fits(&self.auth, &cell.auth)
            && fits(&self.intermediates, &cell.intermediates)
            && fits(&self.mutual, &cell.mutual)
            && fits(&self.mode, &cell.mode)
            && fits(&self.kx, &cell.kx)
            && fits(&self.aead, &cell.aead)
    }

    /// Returns whether it says how long a chain is.
    #[must_use]
    pub fn names_a_chain(&self) -> bool {
        !self.intermediates.is_empty()
    }

    /// Returns whether it takes only nodes with a certificate.
    #[must_use]
    pub fn demands_a_client(&self) -> bool {
        !self.mutual.is_empty() && !self.mutual.contains(&Mutual::No)
    }

    /// Returns whether it takes a chain of this length, whatever the rest.
    #[must_use]
    pub fn takes_chain(&self, intermediates: Intermediates) -> bool {
        self.intermediates.is_empty() || self.intermediates.contains(&intermediates)
    }

    fn add_value(&mut self, key: &str, value: &str) -> Result<(), AxisError> {
        match key {
            "protocol" => self.protocol.push(Axis::parse(value)?),
            "auth" => self.auth.push(Axis::parse(value)?),
            "intermediates" => self.intermediates.push(Axis::parse(value)?),
            "mutual" => self.mutual.push(Axis::parse(value)?),
            "mode" => self.mode.push(Axis::parse(value)?),
            "kx" => self.kx.push(Axis::parse(value)?),
            "aead" => self.aead.push(Axis::parse(value)?),
            _ => return Err(AxisError::new("key of a cell", key, KEYS.to_vec())),
        }
        Ok(())
    }
}

impl std::str::FromStr for Cell {
    type Err = CellError;

    /// Reads `1.2,auth=rsa2048,mode=ticket`; what is not named is as in [`Cell::BASE`].
    fn from_str(text: &str) -> Result<Self, CellError> {
        let mut filter = CellFilter::default();
        filter.add(text)?;
        let base = Self::BASE;
        Ok(Self {
            protocol: one(&filter.protocol, base.protocol)?,
            auth: one(&filter.auth, base.auth)?,
            intermediates: one(&filter.intermediates, base.intermediates)?,
            mutual: one(&filter.mutual, base.mutual)?,
            mode: one(&filter.mode, base.mode)?,
            kx: one(&filter.kx, base.kx)?,
            aead: one(&filter.aead, base.aead)?,
        })
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = self.values().map(|(key, value)| format!("{key}={value}"));
        f.write_str(&values.join(","))
    }
}

impl fmt::Display for CellFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn values<A: Axis>(named: &[A]) -> Vec<String> {
            let values = named.iter();
            values
                .map(|value| format!("{}={}", A::KEY, value.name()))
                .collect()
        }
        let all = [
            values(&self.protocol),
            values(&self.auth),
            values(&self.intermediates),
            values(&self.mutual),
            values(&self.mode),
            values(&self.kx),
            values(&self.aead),
        ];
        f.write_str(&all.concat().join(","))
    }
}

/// Returns the one value that is named, or the base's.
fn one<A: Axis>(named: &[A], base: A) -> Result<A, CellError> {
    match named {
        [] => Ok(base),
        [first, rest @ ..] if rest.iter().all(|other| other == first) => Ok(*first),
        _ => Err(CellError::Twice(A::KEY)),
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split([',', ' ']).map(str::trim);
    parts.filter(|part| !part.is_empty())
}

/// Splits `key=value`; a bare value finds its key if only one axis has it, and `mutual` alone is
/// what it says.
fn key_and_value(part: &str) -> Result<(&str, &str), CellError> {
    if let Some((key, value)) = part.split_once('=') {
        let key = key.trim();
        let known = KEYS.iter().find(|known| **known == key);
        let wrong = || CellError::Key(AxisError::new("key of a cell", key, KEYS.to_vec()));
        return known.map(|known| (*known, value)).ok_or_else(wrong);
    }
    if part == Mutual::KEY {
        return Ok((Mutual::KEY, Mutual::Yes.name()));
    }
    let fits = |key: &&&str| CellFilter::default().add_value(key, part).is_ok();
    let keys: Vec<&'static str> = KEYS.iter().filter(fits).copied().collect();
    match keys[..] {
        [key] => Ok((key, part)),
        [] => {
            let valid = KEYS.to_vec();
            Err(CellError::Key(AxisError::new(
                "key=value of a cell",
                part,
                valid,
            )))
        }
        _ => Err(CellError::Ambiguous {
            value: part.to_owned(),
            keys,
        }),
    }
}

impl fmt::Display for CellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ambiguous { value, keys } => {
                let forms: Vec<String> = keys.iter().map(|key| format!("{key}={value}")).collect();
                let forms = forms.join(" or ");
                write!(f, "\"{value}\" fits more than one key; write {forms}")
            }
            Self::Key(error) | Self::Value(error) => error.fmt(f),
            Self::Twice(key) => write!(f, "{key} was given two values; a cell has one"),
        }
    }
}

impl std::error::Error for CellError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    #[test]
    fn all_cells_are_the_product_of_the_axes() {
        let all = Cell::all();
        assert_eq!(all.len(), 2 * 5 * 3 * 2 * 4 * 3 * 3);
        let mut sorted = all.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted, all, "in the order of tables, and each once");
    }

    #[test]
    fn core_cells_are_cells_and_none_comes_twice() {
        let mut core = Cell::core();
        assert!(core.contains(&Cell::BASE));
        core.sort();
        core.dedup();
        assert_eq!(core.len(), CORE.len());
    }

    #[test]
    fn bare_values_find_their_key_unless_two_have_them() {
        let cell: Cell = "1.2 rsa2048 session-id chacha20poly1305".parse().unwrap();
        assert_eq!(
            cell.to_string(),
            "protocol=1.2,auth=rsa2048,intermediates=0,mutual=false,mode=session-id,kx=x25519,\
             aead=chacha20poly1305"
        );
        assert_eq!("".parse(), Ok(Cell::BASE));
    }

    #[test]
    fn wrong_cells_are_told_what_is_right() {
        let told = ["p256", "auht=p256", "auth=dsa", "1.2,1.3", "kyber", "kx="].map(|text| {
            let error = text.parse::<Cell>().unwrap_err();
            format!("{text}: {error}")
        });
        insta::assert_snapshot!(told.join("\n"));
    }

    proptest! {
        #[test]
        fn every_cell_reads_back_from_its_name(cell in select(Cell::all())) {
            prop_assert_eq!(cell.to_string().parse(), Ok(cell));
        }

        #[test]
        fn a_filter_takes_exactly_what_has_its_values(
            cell in select(Cell::all()),
            other in select(Cell::all()),
            key in 0..KEYS.len(),
        ) {
            let (name, value) = other.values()[key];
            let mut filter = CellFilter::default();
            filter.add(&format!("{name}={value}")).unwrap();
            prop_assert_eq!(filter.takes(cell), cell.values()[key].1 == value);
        }

        #[test]
        fn no_text_upsets_the_reader(text in "\\PC{0,40}") {
            text.parse::<Cell>().ok();
        }
    }
}
