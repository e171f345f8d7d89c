//! The cores that images are made for.

/// A core, and the machine around it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Target {
    /// The ESP8266's core, on QEMU's machine `sim`, with the ESP8266's memory map.
    Lx106,
    /// The ESP32-C3's instruction set, in the simulator's own process.
    Riscv32Process,
    /// The ESP32-C3's instruction set, on QEMU's machine `virt`.
    Riscv32Virt,
}

/// An instruction set, as compilers know it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum InstructionSet {
    /// Xtensa LX106, little-endian, call0.
    Lx106,
    /// RV32IMC.
    Riscv32,
    /// WebAssembly, for chips on Wokwi; no core of ours.
    Wasm32,
}

impl Target {
    /// All targets.
    pub(crate) const ALL: [Self; 3] = [Self::Lx106, Self::Riscv32Process, Self::Riscv32Virt];

    /// Returns the name of the target's folder and of its column.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Lx106 => "lx106",
            Self::Riscv32Process => "riscv32-process",
            Self::Riscv32Virt => "riscv32-virt",
        }
    }

    /// Returns what its compiler must know.
    pub(crate) const fn instruction_set(self) -> InstructionSet {
        match self {
            Self::Lx106 => InstructionSet::Lx106,
            Self::Riscv32Process | Self::Riscv32Virt => InstructionSet::Riscv32,
        }
    }

    /// Returns the file in `firmware/bare/link` that says where things lie.
    pub(crate) const fn script(self) -> &'static str {
        match self {
            Self::Lx106 => "esp8266.ld",
            Self::Riscv32Process => "riscv32-process.ld",
            Self::Riscv32Virt => "riscv32-virt.ld",
        }
    }

    /// Returns the features of `firmware/bare` that choose its machine.
    pub(crate) const fn features(self) -> &'static [&'static str] {
        match self {
            Self::Lx106 | Self::Riscv32Virt => &[],
            Self::Riscv32Process => &["process"],
        }
    }
}

impl InstructionSet {
    /// Returns its name among rustc's own targets, or of the file that describes it to rustc.
    pub(crate) const fn triple(self) -> &'static str {
        match self {
            Self::Lx106 => "lx106",
            Self::Riscv32 => "riscv32imc-unknown-none-elf",
            Self::Wasm32 => "wasm32-unknown-unknown",
        }
    }
}
