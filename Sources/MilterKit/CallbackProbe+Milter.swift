import MilterCore
import MilterRuntime

extension CallbackProbe {
  /// The probe of ``Milter``.
  static let milter = CallbackProbe(
    Milter.self, control: Control.self,
    probes: [
      (.negotiate, Negotiate.self), (.connect, Connect.self), (.helo, Helo.self),
      (.envfrom, Envfrom.self), (.envrcpt, Envrcpt.self), (.data, Data.self),
      (.unknown, Unknown.self), (.header, Header.self), (.eoh, Eoh.self), (.body, Body.self),
      (.eom, Eom.self), (.abort, Abort.self), (.close, Close.self),
    ],
    rawProbes: [
      (.envfrom, RawEnvfrom.self), (.envrcpt, RawEnvrcpt.self), (.header, RawHeader.self),
    ])
}

// The bodies differ from those of the base class. Otherwise the compiler could merge the methods.
private final class Control: Milter {}
private final class Negotiate: Milter {
  override func negotiate(_ offered: MilterOptions, _ options: inout MilterOptions) -> Status {
    .reject
  }
}
private final class Connect: Milter {
  override func connect(_ host: String, _ address: MilterAddress?) -> Status { .reject }
}
private final class Helo: Milter {
  override func helo(_ host: String) -> Status { .reject }
}
private final class Envfrom: Milter {
  override func envfrom(_ sender: String, _ args: [String]) -> Status { .reject }
}
private final class Envrcpt: Milter {
  override func envrcpt(_ recipient: String, _ args: [String]) -> Status { .reject }
}
private final class Data: Milter {
  override func data() -> Status { .reject }
}
private final class Unknown: Milter {
  override func unknown(_ command: String) -> Status { .reject }
}
private final class Header: Milter {
  override func header(_ name: String, _ value: String) -> Status { .reject }
}
private final class RawEnvfrom: Milter {
  override func envfrom(_ sender: RawSpan, _ args: RawSpan) -> Status { .reject }
}
private final class RawEnvrcpt: Milter {
  override func envrcpt(_ recipient: RawSpan, _ args: RawSpan) -> Status { .reject }
}
private final class RawHeader: Milter {
  override func header(_ name: RawSpan, _ value: RawSpan) -> Status { .reject }
}
private final class Eoh: Milter {
  override func eoh() -> Status { .reject }
}
private final class Body: Milter {
  override func body(_ chunk: RawSpan) -> Status { .reject }
}
private final class Eom: Milter {
  override func eom() -> Status { .reject }
}
private final class Abort: Milter {
  override func abort() { context = nil }
}
private final class Close: Milter {
  override func close() { context = nil }
}
