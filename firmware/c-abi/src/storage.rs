//! The memory of one node, as C declares it.
//!
//! Owns its size, and how to tell memory that holds a node from memory that does not. Does not
//! know what a node does.
//!
//! ```text
//! node_core_t   opaque[NODE_CORE_WORDS]
//!               ├ mark       which version of this library put a node here
//!               ├ drained    whether poll has said that nothing is left
//!               └ node       as node-core lays it out
//! ```

use core::mem::MaybeUninit;

use node_core::{Config, Instant, Node};

use crate::config::NodeConfig;
use crate::effect::Effect;
use crate::life::State;
use crate::pointer;
use crate::result::Outcome;

/// Version of this interface: changes whenever a program compiled against the header would no
/// longer fit the library.
pub const NODE_CORE_ABI: u32 = 1;

/// 64-bit words of one `node_core_t`.
#[cfg(target_pointer_width = "64")]
pub const NODE_CORE_WORDS: usize = 392;
/// 64-bit words of one `node_core_t`.
#[cfg(target_pointer_width = "32")]
pub const NODE_CORE_WORDS: usize = 384;

/// The memory of one node. C provides it, zeroed, wherever it likes (`static node_core_t node;`
/// places it in `.bss`), and never looks inside. It may be moved with `memcpy` between calls.
#[derive(Debug)]
#[repr(C)]
pub struct NodeStorage {
    /// Belongs to the library.
    opaque: [MaybeUninit<u64>; NODE_CORE_WORDS],
}

/// What lies in a [`NodeStorage`].
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Slot {
    mark: u32,
    drained: u32,
    node: MaybeUninit<Node>,
}

/// Tells a node of this version from anything else, zeroes above all.
const MARK: u32 = 0x6E6F_6400_u32.wrapping_add(NODE_CORE_ABI);

const _: () = assert!(
    size_of::<Slot>() <= size_of::<NodeStorage>(),
    "NODE_CORE_WORDS is too small for this target"
);
const _: () = assert!(align_of::<Slot>() <= align_of::<NodeStorage>());
// The header has C's compiler assert the same sizes.
const _: () = assert!(size_of::<NodeConfig>() == if size_of::<usize>() == 8 { 88 } else { 72 });
const _: () = assert!(size_of::<Effect>() == 40);
const _: () = assert!(size_of::<State>() == 4);

impl NodeStorage {
    /// Returns what lies in the memory at `pointer`.
    ///
    /// # Errors
    ///
    /// Those of [`pointer::exclusive`].
    ///
    /// # Safety
    ///
    /// As for [`pointer::exclusive`].
    pub(crate) unsafe fn slot<'a>(pointer: *mut Self) -> Result<&'a mut Slot, Outcome> {
        // SAFETY: a slot fits in the memory, in size and alignment, and has only fields that
        // any bytes are legal for; the rest is this function's own condition.
        unsafe { pointer::exclusive(pointer.cast::<Slot>()) }
    }

    /// Returns the node that lives in the memory at `pointer`, for reading.
    ///
    /// # Errors
    ///
    /// Those of [`pointer::shared`], and [`Outcome::ErrorNotInitialised`].
    ///
    /// # Safety
    ///
    /// As for [`pointer::shared`].
    pub(crate) unsafe fn node<'a>(pointer: *const Self) -> Result<&'a Node, Outcome> {
        // SAFETY: as in `slot`.
        let slot = unsafe { pointer::shared(pointer.cast::<Slot>()) }?;
        if slot.mark != MARK {
            return Err(Outcome::ErrorNotInitialised);
        }
        // SAFETY: the mark stands only while a node is there.
        Ok(unsafe { slot.node.assume_init_ref() })
    }
}

impl Slot {
    /// Builds a node here, in place of any that was.
    ///
    /// # Errors
    ///
    /// The rule of the configuration that is broken.
    pub(crate) fn fill(&mut self, config: &Config, seed: u64, now: Instant) -> Result<(), Outcome> {
        self.mark = 0;
        Node::new_in(&mut self.node, config, seed, now)?;
        self.mark = MARK;
        self.drained = 0;
        Ok(())
    }

    /// Returns the node.
    ///
    /// # Errors
    ///
    /// [`Outcome::ErrorNotInitialised`].
    pub(crate) fn node_mut(&mut self) -> Result<&mut Node, Outcome> {
        if self.mark != MARK {
            return Err(Outcome::ErrorNotInitialised);
        }
        // SAFETY: the mark stands only while a node is there.
        Ok(unsafe { self.node.assume_init_mut() })
    }

    /// Returns the node, for an input.
    ///
    /// # Errors
    ///
    /// [`Outcome::ErrorNotInitialised`] and [`Outcome::ErrorNotDrained`].
    pub(crate) fn node_to_handle(&mut self) -> Result<&mut Node, Outcome> {
        let drained = self.drained != 0;
        self.node_mut()?;
        if !drained {
            return Err(Outcome::ErrorNotDrained);
        }
        self.drained = 0;
        self.node_mut()
    }

    /// Notes that nothing is left to poll.
    pub(crate) const fn mark_drained(&mut self) {
        self.drained = 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_is_not_much_larger_than_what_lies_in_it() {
        let spare = size_of::<NodeStorage>() - size_of::<Slot>();
        assert!(spare < 256, "{spare} bytes are never used");
    }
}
