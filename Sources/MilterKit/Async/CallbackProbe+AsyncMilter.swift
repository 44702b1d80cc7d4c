import MilterCore
import MilterRuntime

extension CallbackProbe {
  /// The probe of ``AsyncMilter``.
  static let asyncMilter = CallbackProbe(
    AsyncMilter.self, control: Control.self,
    probes: [
      (.negotiate, Negotiate.self), (.connect, Connect.self), (.helo, Helo.self),
      (.envfrom, Envfrom.self), (.envrcpt, Envrcpt.self), (.data, Data.self),
      (.unknown, Unknown.self), (.header, Header.self), (.eoh, Eoh.self), (.body, Body.self),
      (.eom, Eom.self), (.abort, Abort.self), (.close, Close.self),
    ])
}

// The bodies differ from those of the base class. Otherwise the compiler could merge the methods.
private final class Control: AsyncMilter {}
private final class Negotiate: AsyncMilter {
  override func negotiate(_ offered: MilterOptions, _ options: inout MilterOptions) async -> Status
  {
    .reject
  }
}
private final class Connect: AsyncMilter {
  override func connect(_ host: String, _ address: MilterAddress?) async -> Status { .reject }
}
private final class Helo: AsyncMilter {
  override func helo(_ host: String) async -> Status { .reject }
}
private final class Envfrom: AsyncMilter {
  override func envfrom(_ sender: String, _ args: [String]) async -> Status { .reject }
}
private final class Envrcpt: AsyncMilter {
  override func envrcpt(_ recipient: String, _ args: [String]) async -> Status { .reject }
}
private final class Data: AsyncMilter {
  override func data() async -> Status { .reject }
}
private final class Unknown: AsyncMilter {
  override func unknown(_ command: String) async -> Status { .reject }
}
private final class Header: AsyncMilter {
  override func header(_ name: String, _ value: String) async -> Status { .reject }
}
private final class Eoh: AsyncMilter {
  override func eoh() async -> Status { .reject }
}
private final class Body: AsyncMilter {
  override func body(_ chunk: [UInt8]) async -> Status { .reject }
}
private final class Eom: AsyncMilter {
  override func eom() async -> Status { .reject }
}
private final class Abort: AsyncMilter {
  override func abort() async { context = nil }
}
private final class Close: AsyncMilter {
  override func close() async { context = nil }
}
