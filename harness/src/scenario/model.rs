//! A scenario, read and checked.
//!
//! Owns the types that a run starts from: legal by construction, quantities in their own
//! types, every step and claim with its line. Does not know YAML, and runs nothing. What each
//! key of `x-nodelab` means, with unit, range and default, stands in
//! [`reference`](crate::scenario::reference).

use std::path::PathBuf;

use node_core::UnixTime;
use node_core::sensor::SensorFault;
use nodelab_sim::adversary::Attack;
use nodelab_sim::power::Energy;
use nodelab_sim::radio::{RadioFault, ReasonCode};
use nodelab_sim::stack::address::AddressFault;
use nodelab_sim::stack::tcp::TcpProfile;
use nodelab_sim::stack::tls::{Side, TlsFailure};
use nodelab_sim::{Celsius, SimSpan, Volts};

use crate::diagnostic::{SourceFile, Span};
use crate::scenario::by_hand::ByHand;
use crate::scenario::power::PowerSettings;
use crate::scenario::quantity::{Ppm, SignedSpan};
use crate::scenario::range::Range;
use crate::scenario::settings::{
    AdcSettings, BrokerSettings, ClockSettings, Network, NodeSettings, SensorSettings, Temperature,
    WifiSettings,
};
use crate::scenario::tls::TlsKeys;

/// A scenario file.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The claim, in words.
    pub name: String,
    /// The file, for messages about it.
    pub file: SourceFile,
    /// What happens in order, as on wokwi-cli.
    pub steps: Vec<Step>,
    /// Everything that Wokwi has no word for.
    pub extension: Extension,
}

/// Where something was written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// The bytes.
    pub span: Span,
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its label.
    pub name: Option<String>,
    /// Where it stands.
    pub place: Place,
    /// What it does.
    pub command: StepCommand,
}

/// What a step does: the 11 kinds of wokwi-cli 0.26.1, in its order of registration, which is
/// the order in which a step with several commands looks for its one.
#[derive(Clone, Debug, PartialEq)]
pub enum StepCommand {
    /// Lets simulated time pass.
    Delay(SimSpan),
    /// Lets time pass until a chip has logged this text.
    ExpectChipOutput(String),
    /// Compares a pin with a level.
    ExpectPin {
        /// Identifier of the part.
        part: String,
        /// Name of the pin.
        pin: String,
        /// What it should be.
        value: PinValue,
    },
    /// Sets a control of a part.
    SetControl {
        /// Identifier of the part.
        part: String,
        /// Name of the control.
        control: String,
        /// What to set it to.
        value: ControlValue,
    },
    /// Lets time pass until the console has printed this text, counted from the step's start.
    WaitSerial(String),
    /// Types bytes at the console.
    WriteSerial(Vec<u8>),
    /// Takes a picture of a display.
    TakeScreenshot {
        /// Identifier of the part.
        part: String,
        /// File to write.
        save_to: Option<String>,
        /// File that must look the same.
        compare_with: Option<String>,
    },
    /// Touches a display and lets go.
    Touch {
        /// Identifier of the part.
        part: String,
        /// Where.
        at: Point,
        /// For how long.
        duration: SimSpan,
        /// Whether the step lasts as long as the touch.
        wait: bool,
    },
    /// Puts a finger on a display.
    TouchPress {
        /// Identifier of the part.
        part: String,
        /// Where.
        at: Point,
    },
    /// Takes the finger off.
    TouchRelease {
        /// Identifier of the part.
        part: String,
    },
    /// Moves the finger.
    TouchMove {
        /// Identifier of the part.
        part: String,
        /// Where to.
        at: Point,
    },
}

/// A point of a display, in its own units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

/// What a pin is compared with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PinValue {
    /// High (true) or low.
    Level(bool),
    /// A value that no pin ever has, as wokwi-cli prints it; only strict mode lets it through.
    Never(String),
}

/// What a control is set to.
#[derive(Clone, Debug, PartialEq)]
pub enum ControlValue {
    /// A number: what every control of our parts takes.
    Number(f64),
    /// Anything else, as text: what a chip of one's own may take.
    Other(String),
}

/// The `x-nodelab` block, every default filled in.
#[derive(Clone, Debug)]
pub struct Extension {
    /// The wiring; `None` is the built-in NodeMCU board.
    pub diagram: Option<FileReference>,
    /// Limit of simulated time.
    pub duration: SimSpan,
    /// Civil time at power-on; `None` when nodes never learn it.
    pub start: Option<UnixTime>,
    /// First seed.
    pub seed: u64,
    /// Number of worlds: seeds from `seed` on.
    pub seeds: u32,
    /// No spread between parts and no noise.
    pub ideal: bool,
    /// Number of nodes.
    pub nodes: u32,
    /// When each node is switched on, drawn per node.
    pub boot: Range<SimSpan>,
    /// In which form the network is simulated.
    pub network: Network,
    /// Supply of the sensor's board; `None` is what the board's regulator gives.
    pub supply: Option<Range<Volts>>,
    /// The nodes' TCP stack on a real network; `None` is the board's.
    pub tcp: Option<TcpProfile>,
    /// How streams are protected; `None` is not at all.
    pub tls: Option<TlsKeys>,
    /// The node's own parameters.
    pub node: NodeSettings,
    /// The sensor.
    pub sensor: SensorSettings,
    /// The converter.
    pub adc: AdcSettings,
    /// The node's clock.
    pub clock: ClockSettings,
    /// Battery and board; `None` when nobody asks what is drawn.
    pub power: Option<PowerSettings>,
    /// The weather.
    pub temperature: Temperature,
    /// The link.
    pub wifi: WifiSettings,
    /// The broker.
    pub broker: BrokerSettings,
    /// What goes wrong, in the order of the file.
    pub faults: Vec<Fault>,
    /// What hands did in a session.
    pub by_hand: ByHand,
    /// What must hold.
    pub expect: Vec<Expectation>,
}

/// A file that a scenario names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FileReference {
    /// The path, resolved against the scenario's folder.
    pub path: PathBuf,
    /// Where it was named, for messages when it cannot be read.
    pub place: Place,
}

/// Something that goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Where it stands.
    pub place: Place,
    /// When it strikes.
    pub at: Range<SimSpan>,
    /// Whom it strikes.
    pub nodes: NodeSet,
    /// What it is.
    pub kind: FaultKind,
}

/// Which nodes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum NodeSet {
    /// Every node, or the network that they share.
    All,
    /// These, sorted and each once.
    Some(Vec<u32>),
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FaultKind {
    /// The access point is off.
    AccessPointDown {
        /// For how long.
        lasting: Range<SimSpan>,
    },
    /// A service of the local network misbehaves.
    Address {
        /// How.
        fault: AddressFault,
        /// For how long.
        lasting: Range<SimSpan>,
    },
    /// Somebody comes between nodes and broker.
    Attack {
        /// What is tried.
        attack: Attack,
        /// For how long; `None` to the end.
        lasting: Option<Range<SimSpan>>,
    },
    /// The broker is off.
    BrokerDown {
        /// Whether it remembers sessions.
        keep_sessions: bool,
        /// For how long.
        lasting: Range<SimSpan>,
    },
    /// Clocks run at another rate.
    ClockDrift {
        /// How much faster.
        drift: Range<Ppm>,
        /// For how long; `None` to the end.
        lasting: Option<Range<SimSpan>>,
    },
    /// Clocks jump.
    ClockJump {
        /// How far ahead.
        by: Range<SignedSpan>,
    },
    /// Frames are lost.
    LinkLoss {
        /// Share of the frames lost.
        loss: Range<Ppm>,
        /// For how long.
        lasting: Range<SimSpan>,
    },
    /// Nodes are without power, and boot afterwards.
    PowerCut {
        /// For how long.
        lasting: Range<SimSpan>,
    },
    /// The access point misbehaves.
    Radio {
        /// How.
        fault: RadioFault,
        /// For how long; `None` for what is over at once.
        lasting: Option<Range<SimSpan>>,
    },
    /// Nodes restart at once.
    Reset,
    /// Sensors break.
    Sensor {
        /// How.
        fault: SensorBreakage,
        /// For how long; `None` to the end, or to the next sensor fault.
        lasting: Option<Range<SimSpan>>,
    },
    /// The time server's clock is wrong.
    TimeWrong {
        /// How far ahead.
        by: Range<SignedSpan>,
        /// For how long.
        lasting: Range<SimSpan>,
    },
}

/// How a sensor is broken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SensorBreakage {
    /// It works.
    None,
    /// The output is open.
    Open,
    /// The output is shorted to ground.
    Short,
    /// The output is shorted to the supply.
    ShortToSupply,
    /// The output stays where it is.
    Stuck,
}

/// A claim and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// Where it stands.
    pub place: Place,
    /// What must hold.
    pub claim: Claim,
}

/// What must hold in every world.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// Every reading is acknowledged within this time while no fault is active.
    AckedWithin(SimSpan),
    /// Some end sends this TLS alert (RFC 8446 §6); which end, if it matters.
    Alert(u8, Option<Side>),
    /// Whether every session is with a broker whose certificate was checked.
    Authenticated(bool),
    /// Every battery lasts so long.
    BatteryLifeAtLeast(SimSpan),
    /// Whether nothing that is published can be read on the air.
    Confidential(bool),
    /// After the last fault healed, everything is delivered within this time.
    ConvergesWithin(SimSpan),
    /// A connection that is attacked ends within this time.
    DetectedWithin(SimSpan),
    /// No node draws more for each reading that it hands over.
    EnergyPerReadingAtMost(Energy),
    /// No reading is further from the true temperature.
    ErrorAtMost(Celsius),
    /// Each node's first acknowledgement comes so long after its first boot.
    FirstPublishBetween(Range<SimSpan>),
    /// No TLS handshake of a node takes longer.
    HandshakeWithin(SimSpan),
    /// No join takes longer while no fault is active.
    JoinWithin(SimSpan),
    /// Some station leaves, or fails to join, for this reason.
    LinkLostReason(ReasonCode),
    /// Something never happens.
    Never(Never),
    /// Nobody in the middle reads what a node says.
    NeverConnectsToImpostor,
    /// At least so many readings are published.
    PublishedAtLeast(u64),
    /// No queue is ever longer.
    QueueAtMost(u32),
    /// Every reading lies in the range.
    ReadingBetween(Range<Celsius>),
    /// At most so many readings are lost, all nodes together.
    ReadingsLost(u64),
    /// At least so many TLS sessions are resumed, all nodes together.
    ResumedAtLeast(u64),
    /// The sensor is found faulty for this reason at least once.
    SensorFault(SensorFault),
    /// The text appears on a console.
    Serial(String),
    /// Some end gives a TLS connection up for this reason.
    TlsFailure(TlsFailure),
}

/// What must never happen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Never {
    /// The broker refuses a session.
    ConnectRefused,
    /// A link is lost, or a join fails.
    LinkLost,
    /// A reading is given up.
    ReadingDropped,
    /// A sample is not believed.
    SensorFault,
    /// This text appears on a console.
    Serial(String),
    /// A session ends.
    SessionClosed,
}

impl StepCommand {
    /// Returns the command's key in a scenario file.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Delay(_) => "delay",
            Self::ExpectChipOutput(_) => "expect-chip-output",
            Self::ExpectPin { .. } => "expect-pin",
            Self::SetControl { .. } => "set-control",
            Self::WaitSerial(_) => "wait-serial",
            Self::WriteSerial(_) => "write-serial",
            Self::TakeScreenshot { .. } => "take-screenshot",
            Self::Touch { .. } => "touch",
            Self::TouchPress { .. } => "touch-press",
            Self::TouchRelease { .. } => "touch-release",
            Self::TouchMove { .. } => "touch-move",
        }
    }
}

impl Fault {
    /// Returns how long it lasts at most: zero for what is over at once, `None` for good.
    #[must_use]
    pub fn lasting_max(&self) -> Option<SimSpan> {
        match &self.kind {
            FaultKind::AccessPointDown { lasting }
            | FaultKind::Address { lasting, .. }
            | FaultKind::BrokerDown { lasting, .. }
            | FaultKind::LinkLoss { lasting, .. }
            | FaultKind::PowerCut { lasting }
            | FaultKind::Radio {
                lasting: Some(lasting),
                ..
            }
            | FaultKind::TimeWrong { lasting, .. } => Some(lasting.high()),
            FaultKind::Attack { lasting, .. }
            | FaultKind::ClockDrift { lasting, .. }
            | FaultKind::Sensor { lasting, .. } => lasting.map(|lasting| lasting.high()),
            FaultKind::ClockJump { .. }
            | FaultKind::Radio { lasting: None, .. }
            | FaultKind::Reset => Some(SimSpan::ZERO),
        }
    }

    /// Returns the moment by which it is healed; the far future when it never is.
    #[must_use]
    pub fn healed_at_latest(&self) -> SimSpan {
        let lasting = self.lasting_max();
        lasting.map_or(SimSpan::from_nanos(u64::MAX), |lasting| {
            self.at.high().plus(lasting)
        })
    }
}
