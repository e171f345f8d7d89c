//! The node as a program for an emulated core, as it ships with nodelab.
//!
//! Owns the file. Does not know how it was built: `cargo xtask cross --update-image` does.

use std::sync::OnceLock;

use nodelab_sim::CoreImage;

/// The node for RV32IMC.
static RISCV32IMC: &[u8] = include_bytes!("../../firmware/images/riscv32imc.elf");

/// Returns the node for RV32IMC, read once.
pub(crate) fn riscv32imc() -> CoreImage {
    static IMAGE: OnceLock<CoreImage> = OnceLock::new();
    let read = || CoreImage::new(RISCV32IMC.to_vec()).expect("scenarios run on this image");
    IMAGE.get_or_init(read).clone()
}
