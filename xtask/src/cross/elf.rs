//! Reads the parts of a 32-bit little-endian ELF file that a size table needs.
//!
//! Fields are at the offsets of the System V ABI's chapter 4, "Object Files".

/// A linked image, read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Elf {
    /// Its sections, in the file's order.
    pub(crate) sections: Vec<Section>,
    /// Its symbols, in the file's order.
    pub(crate) symbols: Vec<Symbol>,
}

/// A stretch of an image.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the format's own flags, each set or not"
)]
pub(crate) struct Section {
    /// Its name.
    pub(crate) name: String,
    /// Where it lies once loaded.
    pub(crate) address: u32,
    /// Bytes in memory.
    pub(crate) size: u32,
    /// It takes memory when the image runs.
    pub(crate) loaded: bool,
    /// It holds code.
    pub(crate) code: bool,
    /// It may be written.
    pub(crate) writable: bool,
    /// It is zeroed, and takes no bytes of the file.
    pub(crate) zeroed: bool,
}

/// A name for an address.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Symbol {
    /// The name, mangled.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) address: u32,
    /// Bytes that belong to it.
    pub(crate) size: u32,
    /// It names a function.
    pub(crate) function: bool,
}

/// Bytes that an image takes, by kind.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Sizes {
    /// Code, with the literals that lie in it.
    pub(crate) text: u32,
    /// Constants.
    pub(crate) rodata: u32,
    /// Variables with a first value.
    pub(crate) data: u32,
    /// Variables that start as zero.
    pub(crate) bss: u32,
}

mod header {
    pub(super) const SECTIONS: usize = 0x20;
    pub(super) const SECTION_COUNT: usize = 0x30;
    pub(super) const NAMES: usize = 0x32;
}

mod section {
    pub(super) const LENGTH: usize = 40;
    pub(super) const NAME: usize = 0;
    pub(super) const KIND: usize = 4;
    pub(super) const FLAGS: usize = 8;
    pub(super) const ADDRESS: usize = 12;
    pub(super) const OFFSET: usize = 16;
    pub(super) const SIZE: usize = 20;
    pub(super) const LINK: usize = 24;

    pub(super) const KIND_SYMBOLS: u32 = 2;
    pub(super) const KIND_ZEROED: u32 = 8;
    pub(super) const FLAG_WRITABLE: u32 = 1;
    pub(super) const FLAG_LOADED: u32 = 2;
    pub(super) const FLAG_CODE: u32 = 4;
}

mod symbol {
    pub(super) const LENGTH: usize = 16;
    pub(super) const NAME: usize = 0;
    pub(super) const ADDRESS: usize = 4;
    pub(super) const SIZE: usize = 8;
    pub(super) const INFO: usize = 12;

    pub(super) const KIND_FUNCTION: u8 = 2;
}

impl Elf {
    /// Reads a file; `None` when it is no such file, or cut short.
    pub(crate) fn read(file: &[u8]) -> Option<Self> {
        // Magic, 32-bit, little-endian.
        if !file.starts_with(b"\x7fELF\x01\x01") {
            return None;
        }
        let table = usize::try_from(word(file, header::SECTIONS)?).ok()?;
        let count = usize::from(half(file, header::SECTION_COUNT)?);
        let headers: Vec<&[u8]> = (0..count)
            .map(|index| {
                file.get(table + index * section::LENGTH..)?
                    .get(..section::LENGTH)
            })
            .collect::<Option<_>>()?;
        let names = headers.get(usize::from(half(file, header::NAMES)?))?;
        let names = content(file, names)?;
        let sections = headers
            .iter()
            .map(|header| read_section(header, names))
            .collect::<Option<_>>()?;
        let mut symbols = Vec::new();
        for header in &headers {
            if word(header, section::KIND)? == section::KIND_SYMBOLS {
                let link = usize::try_from(word(header, section::LINK)?).ok()?;
                let names = content(file, headers.get(link)?)?;
                for entry in content(file, header)?.chunks_exact(symbol::LENGTH) {
                    symbols.push(read_symbol(entry, names)?);
                }
            }
        }
        Some(Self { sections, symbols })
    }

    /// Adds up what the image takes.
    pub(crate) fn sizes(&self) -> Sizes {
        let mut sizes = Sizes::default();
        for section in self.sections.iter().filter(|section| section.loaded) {
            let kind = match (section.code, section.zeroed, section.writable) {
                (true, ..) => &mut sizes.text,
                (false, true, _) => &mut sizes.bss,
                (false, false, true) => &mut sizes.data,
                (false, false, false) => &mut sizes.rodata,
            };
            *kind += section.size;
        }
        sizes
    }

    /// Returns the address of a symbol.
    pub(crate) fn address(&self, name: &str) -> Option<u32> {
        let symbol = self.symbols.iter().find(|symbol| symbol.name == name)?;
        Some(symbol.address)
    }
}

fn read_section(header: &[u8], names: &[u8]) -> Option<Section> {
    let flags = word(header, section::FLAGS)?;
    Some(Section {
        name: text(names, word(header, section::NAME)?)?,
        address: word(header, section::ADDRESS)?,
        size: word(header, section::SIZE)?,
        loaded: flags & section::FLAG_LOADED != 0,
        code: flags & section::FLAG_CODE != 0,
        writable: flags & section::FLAG_WRITABLE != 0,
        zeroed: word(header, section::KIND)? == section::KIND_ZEROED,
    })
}

fn read_symbol(entry: &[u8], names: &[u8]) -> Option<Symbol> {
    Some(Symbol {
        name: text(names, word(entry, symbol::NAME)?)?,
        address: word(entry, symbol::ADDRESS)?,
        size: word(entry, symbol::SIZE)?,
        function: entry.get(symbol::INFO)? & 0x0f == symbol::KIND_FUNCTION,
    })
}

/// Returns the bytes of a section that is in the file.
fn content<'a>(file: &'a [u8], header: &[u8]) -> Option<&'a [u8]> {
    let offset = usize::try_from(word(header, section::OFFSET)?).ok()?;
    let size = usize::try_from(word(header, section::SIZE)?).ok()?;
    file.get(offset..)?.get(..size)
}

/// Reads a name, which ends in a zero.
fn text(names: &[u8], offset: u32) -> Option<String> {
    let bytes = names.get(usize::try_from(offset).ok()?..)?;
    let name = bytes.split(|byte| *byte == 0).next()?;
    Some(String::from_utf8_lossy(name).into_owned())
}

fn word(bytes: &[u8], offset: usize) -> Option<u32> {
    let field = bytes.get(offset..)?.first_chunk()?;
    Some(u32::from_le_bytes(*field))
}

fn half(bytes: &[u8], offset: usize) -> Option<u16> {
    let field = bytes.get(offset..)?.first_chunk()?;
    Some(u16::from_le_bytes(*field))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(size: u32, code: bool, zeroed: bool, writable: bool) -> Section {
        Section {
            size,
            loaded: true,
            code,
            zeroed,
            writable,
            ..Section::default()
        }
    }

    #[test]
    fn sections_are_added_up_by_kind() {
        let notes = Section {
            size: 99,
            ..Section::default()
        };
        let elf = Elf {
            sections: vec![
                section(10, true, false, false),
                section(5, true, false, true),
                section(7, false, false, false),
                section(3, false, false, true),
                section(2, false, true, true),
                notes,
            ],
            symbols: Vec::new(),
        };
        let expected = Sizes {
            text: 15,
            rodata: 7,
            data: 3,
            bss: 2,
        };
        assert_eq!(elf.sizes(), expected);
    }

    #[test]
    fn what_is_no_such_file_is_refused() {
        assert_eq!(Elf::read(b""), None);
        assert_eq!(Elf::read(b"\x7fELF\x02\x01"), None);
        assert_eq!(Elf::read(b"\x7fELF\x01\x01 and then nothing"), None);
    }

    #[test]
    fn a_file_with_one_section_and_no_symbols_is_read() {
        let mut file = vec![0; 0x34];
        file[..6].copy_from_slice(b"\x7fELF\x01\x01");
        file[header::SECTIONS] = 0x34;
        file[header::SECTION_COUNT] = 1;
        let mut names = vec![0; section::LENGTH];
        names[section::OFFSET] = 0x5c;
        names[section::SIZE] = 6;
        file.extend(names);
        file.extend(b"names\0");
        let elf = Elf::read(&file).unwrap();
        assert_eq!(elf.sections[0].name, "names");
        assert_eq!(Elf::read(&file[..file.len() - 1]), None);
    }
}
