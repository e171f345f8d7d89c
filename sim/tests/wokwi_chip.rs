//! The TMP36 chip for Wokwi shows what the simulator's own sensor shows.
//!
//! Owns a small host for chips: the committed module runs in an interpreter, its pins and
//! controls are plain numbers. Does not know what Wokwi's own host does beyond its header.

#![expect(
    clippy::unwrap_used,
    reason = "the whole file is a test: a host that cannot go on has failed"
)]

use std::collections::BTreeMap;
use std::path::Path;

use nodelab_sim::analog::{
    Esp32c3Adc, Esp32c3AdcSpec, Source, Supply, Tmp36, Tmp36Fault, Tmp36Spec,
};
use nodelab_sim::board::Diagram;
use nodelab_sim::environment::{Environment, Profile};
use nodelab_sim::{Celsius, EntityId, Purpose, Rng, SimTime, Volts};
use wasmi::{
    Caller, Engine, Extern, ExternType, FuncType, Instance, Linker, Memory, Module, Nullable, Ref,
    Store, Table, Val as Number,
};

/// One sensor on the diagram, as its pins and controls.
#[derive(Debug, Default)]
struct Part {
    pins: BTreeMap<String, i32>,
    controls: BTreeMap<String, u32>,
    timer: Option<(i32, i32)>,
}

/// What the host keeps: voltages of pins, `None` where nothing drives them, and controls.
#[derive(Debug, Default)]
struct Board {
    memory: Option<Memory>,
    pins: Vec<Option<f32>>,
    controls: Vec<f32>,
    parts: Vec<Part>,
}

/// A running chip module.
struct Host {
    store: Store<Board>,
    instance: Instance,
    table: Table,
}

impl Host {
    /// Starts the committed module with a number of sensors, each on 3.3 V.
    fn start(sensors: usize) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let path = root.join("boards/chips/tmp36.chip.wasm");
        let wasm = std::env::var("NODELAB_CHIP_WASM").map_or(path, Into::into);
        let bytes = std::fs::read(&wasm).unwrap();
        let engine = Engine::default();
        let module = Module::new(&engine, &bytes[..]).unwrap();
        let mut store = Store::new(&engine, Board::default());
        let mut linker = Linker::<Board>::new(&engine);
        for import in module.imports() {
            let name = import.name().to_owned();
            match import.ty() {
                ExternType::Func(kind) => {
                    let (kind, call) = (kind.clone(), name.clone());
                    linker
                        .func_new("env", &name, kind.clone(), move |mut host, given, taken| {
                            answer(&mut host, &call, &kind, given, taken);
                            Ok(())
                        })
                        .unwrap();
                }
                ExternType::Memory(kind) => {
                    let memory = Memory::new(&mut store, *kind).unwrap();
                    store.data_mut().memory = Some(memory);
                    linker.define("env", &name, memory).unwrap();
                }
                other @ (ExternType::Global(_) | ExternType::Table(_)) => {
                    panic!("no chip imports {other:?}")
                }
            }
        }
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        if let Some(memory) = instance.get_memory(&store, "memory") {
            store.data_mut().memory = Some(memory);
        }
        let table = instance.get_export(&store, "__indirect_function_table");
        let table = table.and_then(Extern::into_table).unwrap();
        let mut host = Self {
            store,
            instance,
            table,
        };
        let version = host
            .instance
            .get_typed_func::<(), i32>(&host.store, "__wokwi_api_version_1");
        assert_eq!(version.unwrap().call(&mut host.store, ()).unwrap(), 1);
        let init = host
            .instance
            .get_typed_func::<(), ()>(&host.store, "chipInit")
            .unwrap();
        for part in 0..sensors {
            host.store.data_mut().parts.push(Part::default());
            init.call(&mut host.store, ()).unwrap();
            host.supply(part, 3.3);
        }
        host
    }

    fn supply(&mut self, part: usize, volts: f32) {
        let board = self.store.data_mut();
        let (vs, ground) = (board.parts[part].pins["VS"], board.parts[part].pins["GND"]);
        board.pins[usize::try_from(vs).unwrap()] = Some(volts);
        board.pins[usize::try_from(ground).unwrap()] = Some(0.0);
    }

    fn set(&mut self, part: usize, control: &str, value: f32) {
        let board = self.store.data_mut();
        let at = board.parts[part].controls[control];
        board.controls[at as usize] = value;
    }

    /// Lets a sensor's timer run and returns what its output shows.
    fn show(&mut self, part: usize) -> Option<f32> {
        let (user_data, callback) = self.store.data().parts[part].timer.unwrap();
        let slot = self
            .table
            .get(&self.store, u64::try_from(callback).unwrap())
            .unwrap();
        let Ref::Func(Nullable::Val(callback)) = slot else {
            panic!("the timer's callback is no function")
        };
        callback
            .call(&mut self.store, &[Number::I32(user_data)], &mut [])
            .unwrap();
        let board = self.store.data();
        board.pins[usize::try_from(board.parts[part].pins["VOUT"]).unwrap()]
    }
}

/// Answers a call of the chip; numbers take the type that the module declares.
fn answer(
    host: &mut Caller<'_, Board>,
    call: &str,
    kind: &FuncType,
    given: &[Number],
    taken: &mut [Number],
) {
    let integer = |at: usize| given[at].i32().unwrap();
    let pin = |at: usize| usize::try_from(integer(at)).unwrap();
    let float = |at: usize| f32::from(given[at].f32().unwrap());
    let value: f32 = match call {
        "pinInit" | "attrInitFloat" => {
            let name = text(host, integer(0));
            let board = host.data_mut();
            let part = board.parts.last_mut().unwrap();
            if call == "pinInit" {
                board.pins.push(None);
                let pin = i32::try_from(board.pins.len() - 1).unwrap();
                part.pins.insert(name, pin);
                taken[0] = Number::I32(pin);
            } else {
                board.controls.push(float(1));
                let control = u32::try_from(board.controls.len() - 1).unwrap();
                part.controls.insert(name, control);
                taken[0] = Number::I32(control.cast_signed());
            }
            return;
        }
        "timerInit" => {
            let at = integer(0);
            let timer = (word(host, at), word(host, at + 4));
            let board = host.data_mut();
            board.parts.last_mut().unwrap().timer = Some(timer);
            taken[0] = Number::I32(0);
            return;
        }
        "pinDACWrite" => {
            let (at, volts) = (pin(0), float(1));
            host.data_mut().pins[at] = Some(volts);
            return;
        }
        "pinMode" => {
            let at = pin(0);
            if integer(1) == 0 {
                host.data_mut().pins[at] = None;
            }
            return;
        }
        "timerStart" => return,
        "pinADCRead" => host.data().pins[pin(0)].unwrap_or(0.0),
        "attrReadFloat" => host.data().controls[pin(0)],
        other => panic!("the chip calls {other}, which this host does not know"),
    };
    assert_eq!(kind.results().len(), 1);
    taken[0] = Number::F32(value.into());
}

fn word(host: &Caller<'_, Board>, at: i32) -> i32 {
    let mut bytes = [0; 4];
    let at = usize::try_from(at).unwrap();
    host.data()
        .memory
        .unwrap()
        .read(host, at, &mut bytes)
        .unwrap();
    i32::from_le_bytes(bytes)
}

fn text(host: &Caller<'_, Board>, at: i32) -> String {
    let bytes = host.data().memory.unwrap().data(host);
    let bytes = &bytes[usize::try_from(at).unwrap()..];
    let end = bytes.iter().position(|byte| *byte == 0).unwrap();
    String::from_utf8(bytes[..end].to_vec()).unwrap()
}

/// Returns what the simulator's own sensor shows, without a part's errors.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the chip's voltages have 32 bits"
)]
fn simulated(celsius: f32, supply_v: f32, fault: Tmp36Fault) -> Option<f32> {
    let mut rng = Rng::derive(1, EntityId::World, Purpose::Parts);
    let spec = Tmp36Spec {
        ideal: true,
        ..Tmp36Spec::default()
    };
    let mut sensor = Tmp36::draw(&spec, &mut rng);
    sensor.fail(fault);
    let mut room = Environment::new(Profile::Constant(Celsius(f64::from(celsius))), 1);
    let supply = if supply_v > 0.0 {
        Supply::Powered(Volts(f64::from(supply_v)))
    } else {
        Supply::Unpowered
    };
    let shown = sensor.output(SimTime::ZERO, &mut room, supply, &mut rng);
    (shown != Source::OPEN).then_some(shown.open.0 as f32)
}

#[test]
fn every_tenth_of_a_degree_shows_the_simulators_own_voltage() {
    let mut host = Host::start(1);
    for supply_v in [0.0, 1.0, 2.2, 3.3, 5.0] {
        host.supply(0, supply_v);
        for tenths in -400_i16..=1_250 {
            let celsius = f32::from(tenths) / 10.0;
            host.set(0, "temperature", celsius);
            let expected = simulated(celsius, supply_v, Tmp36Fault::None);
            assert_eq!(host.show(0), expected, "{celsius} °C on {supply_v} V");
        }
    }
}

#[test]
fn each_fault_shows_what_the_simulators_own_shows() {
    let mut host = Host::start(1);
    for supply_v in [3.3, 0.0, 5.0] {
        host.supply(0, supply_v);
        for number in [1.0, 2.0, 3.0, 0.0] {
            host.set(0, "fault", number);
            let fault = Tmp36Fault::from_control(f64::from(number)).unwrap();
            let expected = simulated(25.0, supply_v, fault);
            assert_eq!(host.show(0), expected, "{fault:?} on {supply_v} V");
        }
    }
}

#[test]
fn two_sensors_of_one_module_do_not_disturb_each_other() {
    let mut host = Host::start(2);
    host.set(0, "temperature", -40.0);
    host.set(1, "temperature", 125.0);
    host.set(1, "fault", 2.0);
    assert_eq!(host.show(0), simulated(-40.0, 3.3, Tmp36Fault::None));
    assert_eq!(host.show(1), Some(0.0));
    host.set(1, "fault", 0.0);
    assert_eq!(host.show(1), simulated(125.0, 3.3, Tmp36Fault::None));
    assert_eq!(host.show(0), simulated(-40.0, 3.3, Tmp36Fault::None));
}

#[test]
fn the_scale_corrects_a_converter_of_another_range_and_the_supply_can_be_said() {
    let mut host = Host::start(1);
    host.set(0, "scale", 2.0);
    assert_eq!(host.show(0), Some(1.5));
    host.supply(0, 0.0);
    assert_eq!(host.show(0), None);
    host.set(0, "supply", 3.3);
    assert_eq!(host.show(0), Some(1.5));
}

/// Goal: the board's diagram corrects what Wokwi's converter makes of a chip's voltage. It is 5 V
/// at full scale whatever the processor is (Wokwi's documentation, "Analog API"), and is taken to
/// be linear; what its ESP32-C3 does was not measured.
#[test]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "codes of twelve bits"
)]
fn the_diagram_makes_a_five_volt_converter_give_an_esp32_c3s_codes() {
    const WOKWI_FULL_SCALE_V: f32 = 5.0;
    let diagram = Diagram::from_json(include_str!("../../boards/esp32-c3/diagram.json")).unwrap();
    let attributes = &diagram.part("tmp36").unwrap().attributes;
    let spec = Esp32c3AdcSpec {
        ideal: true,
        ..Esp32c3AdcSpec::default()
    };
    let mut rng = Rng::derive(1, EntityId::World, Purpose::Parts);
    let converter = Esp32c3Adc::draw(&spec, &mut rng);
    let mut host = Host::start(1);
    // The attributes have to suffice, whatever Wokwi shows at a supply's pin.
    host.supply(0, 0.0);
    for (name, value) in attributes {
        host.set(0, name, value.parse().unwrap());
    }
    for celsius in -40_i8..=125 {
        let celsius = f32::from(celsius);
        host.set(0, "temperature", celsius);
        let shown = host.show(0).unwrap() / WOKWI_FULL_SCALE_V;
        let code = (shown * 4095.0).round() as u16;
        let volts = simulated(celsius, 3.3, Tmp36Fault::None).unwrap();
        let source = Source {
            open: Volts(f64::from(volts)),
            ..Source::OPEN
        };
        let expected = converter.read(source, &mut rng).0;
        assert!(code.abs_diff(expected) <= 1, "{code} at {celsius} °C");
    }
}

/// Goal: whoever builds the firmware without a configuration of their own can run the diagram.
#[test]
fn the_diagram_wires_the_pin_that_the_firmwares_example_samples() {
    let example = include_str!("../../firmware/esp32c3/node.example.toml");
    let value = |key: &str| example.lines().find_map(|line| line.strip_prefix(key));
    let pin = value("pin = ").unwrap();
    let diagram = Diagram::from_json(include_str!("../../boards/esp32-c3/diagram.json")).unwrap();
    let output = diagram
        .connections
        .iter()
        .find(|connection| connection.from.pin == "VOUT")
        .unwrap();
    assert_eq!(
        (output.to.part.as_str(), output.to.pin.as_str()),
        ("mcu", pin)
    );
    assert_eq!(value("console = "), Some("\"uart\""));
    assert_eq!(value("attenuation = "), Some("\"11 dB\""));
}
