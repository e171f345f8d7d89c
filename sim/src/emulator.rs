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
/// Instructions of one turn at most, the start of a machine included. What shipped scenarios
/// need lies three orders of magnitude below.
const TURN_MAX: u64 = 50_000_000;
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
    machine: DefaultMachine<Inner>,
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
        let inner = Inner::new_with_memory(ISA_IMC, VERSION2, u64::MAX, MEMORY);
        let machine = DefaultMachineBuilder::new(inner)
            .instruction_cycle_func(Box::new(|_| 1))
            .syscall(Box::new(Stop))
            .build();
        let mut core = Self {
            machine,
            decoder: build_decoder::<u32>(ISA_IMC, VERSION2),
            answers: Vec::new(),
            taken: 0,
            instructions: 0,
            standing: None,
        };
        let (bytes, metadata) = &*image.0;
        let loaded = core
            .machine
            .load_program_with_metadata(bytes, metadata, [].into_iter());
        loaded.map_err(|error| core.fault(format!("could not be loaded: {error}")))?;
        core.machine.set_max_cycles(TURN_MAX);
        core.run_to_call()?;
        core.run(&[])?;
        Ok(core)
    }

    /// Tells the node something, and runs until its answers are there.
    pub(crate) fn tell(&mut self, request: &Request<'_>) -> Result<(), CoreFault> {
        let mut buffer = [0; FRAME_MAX];
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
            Answer::Measured { .. }
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
        let most = self.machine.cycles().saturating_add(TURN_MAX);
        self.machine.set_max_cycles(most);
        loop {
            let [first, second] = self.arguments();
            match self.machine.registers()[A7] {
                operation::COUNT => {
                    let [low, _] = halves(self.machine.cycles());
                    self.answer(low);
                }
                operation::EXIT if first == EXIT_PANICKED => {
                    return Err(self.fault("panicked".to_owned()));
                }
                operation::EXIT => return Err(self.fault(format!("exited with code {first}"))),
                operation::READ if input.is_empty() => return Ok(()),
                operation::READ => {
                    let (bytes, rest) = input.split_at(input.len().min(second as usize));
                    let stored = self.machine.memory_mut().store_bytes(first.into(), bytes);
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
        self.machine.set_running(true);
        while self.machine.running() {
            if let Err(error) = self.machine.step(&mut self.decoder) {
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
        let memory = self.machine.memory_mut();
        let bytes = memory.load_bytes(from.into(), length.into());
        let bytes = bytes.map_err(|error| self.trap(&error))?;
        self.answers.extend_from_slice(&bytes);
        Ok(())
    }

    /// Returns the arguments of a call.
    fn arguments(&self) -> [u32; 2] {
        let registers = self.machine.registers();
        [registers[A0], registers[A1]]
    }

    /// Returns from a call.
    fn answer(&mut self, value: u32) {
        self.machine.set_register(A0, value);
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
            pc: *self.machine.pc(),
            why,
        }
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pc = *self.machine.pc();
        write!(f, "Machine {{ pc: {pc:#010x}, standing: {:?} }}", self.standing)
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
        write!(f, "the emulated core of node {node} {why}, at {at}, pc {pc:#010x}")
    }
}

/// Splits a number into its low and its high half.
fn halves(number: u64) -> [u32; 2] {
    let [a, b, c, d, e, f, g, h] = number.to_le_bytes();
    [u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h])]
}
