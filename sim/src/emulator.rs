//! An emulated RV32IMC core that runs the node's image, one turn at a time.
//!
//! Owns the machine, the calls by which it reaches its host, and what ends it. Does not know
//! what an input means, nor what time it is.
//!
//! ```text
//! host ── request ──▶ READ … node … WRITE, WRITE, READ ── waits for the next request
//!      ◀── answers ──────────────────────────────────
//! ```

use std::fmt;
use std::sync::Arc;

use ckb_vm::decoder::{Decoder, build_decoder};
use ckb_vm::elf::{ProgramMetadata, parse_elf};
use ckb_vm::machine::VERSION2;
use ckb_vm::registers::{A0, A1, A7};
use ckb_vm::{
    Bytes, CoreMachine as _, DefaultCoreMachine, DefaultMachine, DefaultMachineBuilder, Error,
    FlatMemory, ISA_IMC, Memory as _, SupportMachine, Syscalls, WXorXMemory,
};
use node_core::{Effect, Reading};
use node_wire::{Answer, FRAME_MAX, Request, Standing, split};

use crate::id::NodeId;
use crate::time::SimTime;

/// Memory of a core: what `firmware/bare/link/riscv32-process.ld` shares out.
const MEMORY: usize = 0x4_0000;
/// Instructions of one turn at most, the start of a machine included: a core that never ends its
/// turn ends the run.
const TURN_MAX: u64 = 5_000_000;
/// Bytes of answers to one request at most.
const ANSWERS_MAX: usize = 1 << 20;

/// What a panic ends with: see `firmware/bare/src/panic.rs`.
const EXIT_PANICKED: u32 = 101;

/// What the machine asks of its host: see `firmware/bare/src/hal/riscv32_process.rs`.
mod operation {
    pub(super) const READ: u32 = 1;
    pub(super) const WRITE: u32 = 2;
    pub(super) const COUNT: u32 = 3;
    pub(super) const EXIT: u32 = 93;
}

/// What the code of a node runs on.
#[derive(Clone, Debug, Default)]
pub enum Core {
    /// The simulator's own processor.
    #[default]
    Native,
    /// An emulated RV32IMC for each node.
    Riscv32(CoreImage),
}

/// A program for an emulated core.
#[derive(Clone)]
pub struct CoreImage(Arc<(Bytes, ProgramMetadata)>);

/// An emulated core that ended, which ends the run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CoreFailure {
    /// When it happened.
    pub at: SimTime,
    /// On which node.
    pub node: NodeId,
    /// What happened.
    pub fault: CoreFault,
}

/// What ended an emulated core.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CoreFault {
    /// The instruction that it ended at, or the one after.
    pub pc: u32,
    /// What happened, as a clause about the core.
    pub why: String,
}

type Inner = DefaultCoreMachine<u32, WXorXMemory<FlatMemory<u32>>>;

/// One core with power.
pub(crate) struct Machine {
    inner: DefaultMachine<Inner>,
    decoder: Decoder,
    /// What it answered to the last request.
    answers: Vec<u8>,
    /// Bytes of the answers that were taken.
    taken: usize,
    /// Instructions of the node's own methods since they were asked for.
    instructions: u64,
    standing: Option<Standing>,
}

/// Stops the machine at each call, so that the host can do what it asks.
struct Stop;

impl<M: SupportMachine> Syscalls<M> for Stop {
    fn initialize(&mut self, _: &mut M) -> Result<(), Error> {
        Ok(())
    }

    fn ecall(&mut self, machine: &mut M) -> Result<bool, Error> {
        machine.set_running(false);
        Ok(true)
    }
}

impl CoreImage {
    /// Reads an ELF file for RV32IMC.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, in words.
    pub fn new(elf: Vec<u8>) -> Result<Self, String> {
        let bytes = Bytes::from(elf);
        let metadata = parse_elf::<u32>(&bytes, VERSION2);
        let metadata = metadata.map_err(|error| format!("no image for RV32IMC: {error}"))?;
        Ok(Self(Arc::new((bytes, metadata))))
    }
}

impl Machine {
    /// Switches a core on, and lets it run until it waits for its first request.
    pub(crate) fn start(image: &CoreImage) -> Result<Self, CoreFault> {
        let memory = Inner::new_with_memory(ISA_IMC, VERSION2, u64::MAX, MEMORY);
        let inner = DefaultMachineBuilder::new(memory)
            .instruction_cycle_func(Box::new(|_| 1))
            .syscall(Box::new(Stop))
            .build();
        let mut core = Self {
            inner,
            decoder: build_decoder::<u32>(ISA_IMC, VERSION2),
            answers: Vec::new(),
            taken: 0,
            instructions: 0,
            standing: None,
        };
        let (bytes, metadata) = &*image.0;
        let loaded = core
            .inner
            .load_program_with_metadata(bytes, metadata, [].into_iter());
        loaded.map_err(|error| core.fault(format!("could not be loaded: {error}")))?;
        core.inner.set_max_cycles(TURN_MAX);
        core.run_to_call()?;
        core.run(&[])?;
        Ok(core)
    }

    /// Tells the node something, and runs until its answers are there.
    pub(crate) fn tell(&mut self, request: &Request<'_>) -> Result<(), CoreFault> {
        let mut buffer = vec![0; FRAME_MAX];
        let frame = request.encode(&mut buffer).map_err(|_| {
            let most = node_wire::BODY_MAX;
            self.fault(format!("was to be told more than {most} bytes at once"))
        })?;
        self.answers.clear();
        self.taken = 0;
        self.run(frame)?;
        self.judge()
    }

    /// Returns the next effect of the last turn.
    pub(crate) fn poll(&mut self) -> Option<Effect<'_>> {
        match self.next()? {
            Answer::Effect(effect) => Some(effect),
            Answer::Dumped(_)
            | Answer::Measured { .. }
            | Answer::Reading(_)
            | Answer::Refused(_)
            | Answer::Turn { .. } => None,
        }
    }

    /// Asks for the readings that wait, oldest first.
    pub(crate) fn queued(&mut self) -> Result<Vec<Reading>, CoreFault> {
        let counted = self.instructions;
        self.tell(&Request::Queued)?;
        // Nobody asks a real node.
        self.instructions = counted;
        let mut readings = Vec::new();
        while let Some(Answer::Reading(reading)) = self.next() {
            readings.push(reading);
        }
        Ok(readings)
    }

    /// Returns where the node stands since the last turn; nothing before it booted.
    pub(crate) const fn standing(&self) -> Option<Standing> {
        self.standing
    }

    /// Returns how many instructions the node's own methods took since this was asked last.
    pub(crate) fn take_instructions(&mut self) -> u64 {
        std::mem::take(&mut self.instructions)
    }

    fn next(&mut self) -> Option<Answer<'_>> {
        let frame = split(self.answers.get(self.taken..)?).ok()??;
        let end = self.answers.len() - frame.rest.len();
        let start = end - frame.body.len();
        self.taken = end;
        Answer::decode(&self.answers[start..end]).ok()
    }

    /// Checks that the answers are whole, and end with a turn.
    fn judge(&mut self) -> Result<(), CoreFault> {
        let mut rest = &self.answers[..];
        let mut last = None;
        while let Ok(Some(frame)) = split(rest) {
            last = Some(Answer::decode(frame.body));
            if last.is_some_and(|last| last.is_err()) {
                break;
            }
            rest = frame.rest;
        }
        match last {
            Some(Ok(Answer::Turn {
                instructions,
                standing,
            })) if rest.is_empty() => {
                self.instructions += u64::from(instructions);
                self.standing = Some(standing);
                Ok(())
            }
            Some(Ok(Answer::Refused(why))) => {
                Err(self.fault(format!("refused its configuration: {why:?}")))
            }
            _ => Err(self.fault("answered what is no answer".to_owned())),
        }
    }

    /// Does what the machine asks for until it wants to read more than `input`.
    fn run(&mut self, mut input: &[u8]) -> Result<(), CoreFault> {
        let most = self.inner.cycles().saturating_add(TURN_MAX);
        self.inner.set_max_cycles(most);
        loop {
            let [first, second] = self.arguments();
            match self.inner.registers()[A7] {
                operation::COUNT => {
                    let low = self.inner.cycles() & u64::from(u32::MAX);
                    self.answer(u32::try_from(low).expect("32 bits were kept"));
                }
                operation::EXIT if first == EXIT_PANICKED => {
                    return Err(self.fault("panicked".to_owned()));
                }
                operation::EXIT => return Err(self.fault(format!("exited with code {first}"))),
                operation::READ if input.is_empty() => return Ok(()),
                operation::READ => {
                    let (bytes, rest) = input.split_at(input.len().min(second as usize));
                    let stored = self.inner.memory_mut().store_bytes(first.into(), bytes);
                    stored.map_err(|error| self.trap(&error))?;
                    input = rest;
                    self.answer(u32::try_from(bytes.len()).expect("no more than were asked for"));
                }
                operation::WRITE => self.keep(first, second)?,
                other => return Err(self.fault(format!("made an unknown call, {other}"))),
            }
            self.run_to_call()?;
        }
    }

    /// Runs up to and with the next call.
    fn run_to_call(&mut self) -> Result<(), CoreFault> {
        self.inner.set_running(true);
        while self.inner.running() {
            if let Err(error) = self.inner.step(&mut self.decoder) {
                return Err(self.trap(&error));
            }
        }
        Ok(())
    }

    /// Keeps what the machine writes.
    fn keep(&mut self, from: u32, length: u32) -> Result<(), CoreFault> {
        if length == 0 {
            return Ok(());
        }
        if self.answers.len() + length as usize > ANSWERS_MAX {
            return Err(self.fault(format!("answered more than {ANSWERS_MAX} bytes")));
        }
        let memory = self.inner.memory_mut();
        let bytes = memory.load_bytes(from.into(), length.into());
        let bytes = bytes.map_err(|error| self.trap(&error))?;
        self.answers.extend_from_slice(&bytes);
        Ok(())
    }

    /// Returns the arguments of a call.
    fn arguments(&self) -> [u32; 2] {
        let registers = self.inner.registers();
        [registers[A0], registers[A1]]
    }

    /// Returns from a call.
    fn answer(&mut self, value: u32) {
        self.inner.set_register(A0, value);
    }

    fn trap(&self, error: &Error) -> CoreFault {
        self.fault(if *error == Error::CyclesExceeded {
            format!("did not end its turn within {TURN_MAX} instructions")
        } else {
            format!("trapped: {error}")
        })
    }

    fn fault(&self, why: String) -> CoreFault {
        CoreFault {
            pc: *self.inner.pc(),
            why,
        }
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pc = *self.inner.pc();
        write!(
            f,
            "Machine {{ pc: {pc:#010x}, standing: {:?} }}",
            self.standing
        )
    }
}

impl fmt::Debug for CoreImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CoreImage({} bytes)", self.0.0.len())
    }
}

impl fmt::Display for CoreFailure {
    /// Writes a clause without full stop.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (node, at, pc, why) = (self.node.0, self.at, self.fault.pc, &self.fault.why);
        write!(
            f,
            "the emulated core of node {node} {why}, at {at}, pc {pc:#010x}"
        )
    }
}

#[cfg(test)]
mod tests {
    use node_core::{AdcCode, Config, Input, Instant};

    use super::*;

    /// Where the tests' own programs lie.
    const ORIGIN: u32 = 0x1_0000;
    const BOOT: fn() -> Request<'static> = || Request::Boot {
        config: Config::default(),
        seed: 1,
        now: Instant::ZERO,
    };

    fn shipped() -> CoreImage {
        let elf = include_bytes!("../../firmware/images/riscv32imc.elf");
        CoreImage::new(elf.to_vec()).unwrap()
    }

    /// Returns an image of these instructions, one segment that may be read and executed.
    fn image(instructions: &[u32]) -> CoreImage {
        let length = u32::try_from(instructions.len() * 4).unwrap();
        let mut elf = vec![0x7F, b'E', b'L', b'F', 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let half = |elf: &mut Vec<u8>, value: u16| elf.extend(value.to_le_bytes());
        let word = |elf: &mut Vec<u8>, value: u32| elf.extend(value.to_le_bytes());
        half(&mut elf, 2);
        half(&mut elf, 243);
        for value in [1, ORIGIN, 52, 0, 0] {
            word(&mut elf, value);
        }
        for value in [52, 32, 1, 0, 0, 0] {
            half(&mut elf, value);
        }
        let segment = [1, 84, ORIGIN, ORIGIN, length, length, 5, 4096];
        for value in segment.iter().chain(instructions) {
            word(&mut elf, *value);
        }
        CoreImage::new(elf).unwrap()
    }

    /// Returns the instructions that make a call.
    const fn call(operation: u32) -> [u32; 2] {
        // `addi a7, zero, operation` and `ecall`.
        [operation << 20 | 0x893, 0x73]
    }

    fn end_of(instructions: &[u32]) -> String {
        let fault = Machine::start(&image(instructions)).unwrap_err();
        format!("{:#x} {}", fault.pc, fault.why)
    }

    #[test]
    fn a_node_on_a_core_states_what_a_node_states() {
        let mut machine = Machine::start(&shipped()).unwrap();
        machine.tell(&BOOT()).unwrap();
        let mut node = node_core::Node::new(Config::default(), 1, Instant::ZERO).unwrap();
        for code in 230..250 {
            while let Some(effect) = node.poll() {
                assert_eq!(machine.poll(), Some(effect));
            }
            assert_eq!(machine.poll(), None);
            assert!(machine.take_instructions() > 100);
            let standing = machine.standing().unwrap();
            assert_eq!(standing.state, node.state());
            assert_eq!(standing.timeout, node.poll_timeout());
            let (now, input) = (Instant::ZERO, Input::Sampled(AdcCode(code)));
            node.handle(now, input);
            machine.tell(&Request::Handle { now, input }).unwrap();
        }
    }

    #[test]
    fn asking_for_the_queue_costs_the_node_nothing() {
        let mut machine = Machine::start(&shipped()).unwrap();
        machine.tell(&BOOT()).unwrap();
        machine.take_instructions();
        assert_eq!(machine.queued(), Ok(Vec::new()));
        assert_eq!(machine.take_instructions(), 0);
    }

    #[test]
    fn what_is_no_image_is_refused() {
        assert!(CoreImage::new(b"#!/bin/sh".to_vec()).is_err());
    }

    #[test]
    fn a_core_that_ends_says_where_and_why() {
        // `addi a0, zero, 7` before the call that ends.
        let exit = [0x0070_0513, call(93)[0], call(93)[1]];
        assert_eq!(end_of(&exit), "0x1000c exited with code 7");
        let panicked = [0x0650_0513, call(93)[0], call(93)[1]];
        assert_eq!(end_of(&panicked), "0x1000c panicked");
        assert_eq!(end_of(&call(5)), "0x10008 made an unknown call, 5");
        let trap = end_of(&[0xFFFF_FFFF]);
        assert!(
            trap.starts_with("0x10000 trapped: invalid instruction"),
            "{trap}"
        );
        // `lui a0, 0x80000` and `lw a0, 0(a0)`: memory that is not there.
        let outside = end_of(&[0x8000_0537, 0x0005_2503]);
        assert!(
            outside.contains("trapped: memory error: out of bound"),
            "{outside}"
        );
        // `sw a0, 0(a0)` after `lui a0, 0x10`: its own code.
        let code = end_of(&[0x0001_0537, 0x00A5_2023]);
        assert!(code.contains("trapped: memory error"), "{code}");
    }

    #[test]
    fn a_core_that_never_ends_its_turn_is_stopped() {
        // `jal zero, 0`.
        assert_eq!(
            end_of(&[0x6F]),
            "0x10000 did not end its turn within 5000000 instructions"
        );
    }

    #[test]
    fn what_is_no_answer_ends_the_core() {
        // `lui a0, 0x20`, `addi a1, zero, 2047` and the call that reads, twice.
        let read = [0x0002_0537, 0x7FF0_0593, call(1)[0], call(1)[1]];
        let mut machine = Machine::start(&image(&[read, read].concat())).unwrap();
        let fault = machine.tell(&BOOT()).unwrap_err();
        assert_eq!(fault.why, "answered what is no answer");
    }
}
