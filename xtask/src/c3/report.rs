//! What the firmware takes, as a table.
//!
//! Owns which parts are told apart. Does not judge them: the linker refuses what does not fit.

use crate::c3::esptool::Opinion;
use crate::cross::Elf;

/// The first address that is neither flash nor read through its cache.
//= ESP32-C3 Technical Reference Manual v1.1 table 3.3-1: DROM from 0x3C00_0000, DRAM from
//= 0x3FC8_0000, IRAM from 0x4037_C000, IROM from 0x4200_0000
const DROM: u32 = 0x3c00_0000;
const DRAM: u32 = 0x3fc8_0000;
const IRAM: u32 = 0x4037_c000;
const IROM: u32 = 0x4200_0000;

/// Bytes by where they lie.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Parts {
    text: u32,
    text_in_ram: u32,
    rodata: u32,
    data: u32,
    bss: u32,
    reclaimed: u32,
    stack: u32,
}

/// Returns the table.
pub(super) fn table(elf: &Elf, image: usize, opinion: &Opinion) -> String {
    let parts = Parts::of(elf);
    let row = |name: &str, value: usize, what: &str| format!("    {name:<8}{value:>9} B  {what}");
    let size = |value: u32| usize::try_from(value).unwrap_or(usize::MAX);
    [
        row("text", size(parts.text), "code, run from flash"),
        row("iram", size(parts.text_in_ram), "code, run from RAM"),
        row("rodata", size(parts.rodata), "constants, read from flash"),
        row("data", size(parts.data), "variables with a first value"),
        row(
            "bss",
            size(parts.bss),
            "variables, buffers and 36 KiB of heap",
        ),
        row(
            "heap",
            size(parts.reclaimed),
            "more of it, where the bootloader was",
        ),
        row(
            "stack",
            size(parts.stack),
            "what is left for the main stack",
        ),
        row("image", image, "to be flashed"),
        format!("    {} accepts it: {}", opinion.tool, opinion.hash),
    ]
    .join("\n")
}

impl Parts {
    fn of(elf: &Elf) -> Self {
        let mut parts = Self::default();
        // Sections that only keep a place in the map hold nothing.
        let is_gap = |name: &str| name.contains("dummy") || name == ".stack";
        let held = elf
            .sections
            .iter()
            .filter(|section| section.loaded && !is_gap(&section.name));
        for section in held {
            let part = match section.address {
                IROM.. => &mut parts.text,
                IRAM.. => &mut parts.text_in_ram,
                DRAM.. if section.name.starts_with(".dram2") => &mut parts.reclaimed,
                DRAM.. if section.zeroed => &mut parts.bss,
                DRAM.. => &mut parts.data,
                DROM.. => &mut parts.rodata,
                _ => continue,
            };
            *part += section.size;
        }
        let ends = (elf.address("_stack_start"), elf.address("_stack_end"));
        if let (Some(top), Some(bottom)) = ends {
            parts.stack = top.saturating_sub(bottom);
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cross::{Section, Symbol};

    #[test]
    fn each_part_is_counted_where_it_lies() {
        let section = |name: &str, address, size, zeroed| Section {
            name: name.to_owned(),
            address,
            size,
            loaded: true,
            zeroed,
            ..Section::default()
        };
        let symbol = |name: &str, address| Symbol {
            name: name.to_owned(),
            address,
            size: 0,
            function: false,
        };
        let elf = Elf {
            sections: vec![
                section(".text", 0x4200_0020, 1, false),
                section(".rwtext", 0x4038_0000, 2, false),
                section(".rodata", 0x3c00_0020, 4, false),
                section(".data", 0x3fc8_0000, 8, false),
                section(".bss", 0x3fc9_0000, 16, true),
                section(".dram2_uninit", 0x3fcd_0000, 128, true),
                section(".stack", 0x3fca_0000, 32, true),
                section(".text_dummy", 0x3c00_1000, 64, true),
            ],
            symbols: vec![
                symbol("_stack_end", 0x3fca_0000),
                symbol("_stack_start", 0x3fcb_0000),
            ],
        };
        let expected = Parts {
            text: 1,
            text_in_ram: 2,
            rodata: 4,
            data: 8,
            bss: 16,
            reclaimed: 128,
            stack: 0x1_0000,
        };
        assert_eq!(Parts::of(&elf), expected);
        let table = table(&elf, 5, &Opinion::default());
        assert!(table.contains("stack       65536 B"), "{table}");
    }
}
