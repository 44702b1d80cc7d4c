import Foundation
import MilterProcessFixtures
import MilterSystem
import Testing

/// The libraries for which there is a filter that changes everything in a message, and refuses some messages.
enum EditingFilter: String, CaseIterable, CustomStringConvertible, Sendable {
  case libmilter = "edit.c, on Sendmail's libmilter"
  case goMilter = "edit.go, on Debian's go-milter"
  case pmilter = "edit.pl, on Debian's Sendmail::PMilter"
  case kilter = "edit_kilter.py, on kilter.service from PyPI"
  case purePython = "edit_purepython.py, on purepythonmilter from PyPI"

  var description: String { rawValue }

  /// Whether the filter can defer one recipient; kilter's filters have one verdict for the whole message.
  var judgesRecipients: Bool { self != .kilter }

  /// Whether the filter can quarantine messages; in purepythonmilter, a quarantine replaces the verdict.
  var quarantines: Bool { self != .kilter && self != .purePython }

  /// Whether the filter accepts a second message on a connection.
  ///
  /// kilter.service 0.3.1 fails there, unless the first message was aborted. purepythonmilter 0.0.1 repeats
  /// the changes of the first message.
  var takesSeveral: Bool { self != .kilter && self != .purePython }

  /// The new body of each message; go-milter sends line ends as LF.
  var newBody: [UInt8] { Array((self == .goMilter ? "new body\n" : "new body\r\n").utf8) }

  /// What is missing on this machine for the filter, and how to install it; `nil` if nothing is missing.
  var missing: String? {
    let needed: [String] =
      switch self {
      case .libmilter: ["/usr/bin/cc", "/usr/include/libmilter/mfapi.h"]
      case .goMilter: ForeignFilters.go("emersion/go-milter/server.go")
      case .pmilter: ["/usr/bin/perl", "\(Self.perlPackages)/Sendmail/PMilter.pm"]
      case .kilter: ForeignFilters.python("kilter/service")
      case .purePython: ForeignFilters.python("purepythonmilter")
      }
    return InstallScript.filters.missing(needed, for: self)
  }

  /// Starts the filter, and waits until it listens.
  func start() throws -> (program: StartedProgram, socket: String) {
    if let missing { throw HarnessError(missing) }
    let folder = try FilterSource.directory.get()
    let socket =
      self == .purePython
      ? "inet:\(try folder.reservePort())@127.0.0.1"
      : "unix:\(folder.path(of: UUID().uuidString))"
    var environment = Subprocess.environment
    environment["PYTHONPATH"] = ForeignFilters.pythonPackages
    let command: [String] =
      switch self {
      case .libmilter: [try Self.compiledC.get()]
      case .goMilter: [try Self.compiledGo.get()]
      case .pmilter: ["/usr/bin/perl", "-I", Self.perlPackages, FilterSource.path(of: "edit.pl")]
      case .kilter: ["/usr/bin/python3", FilterSource.path(of: "edit_kilter.py")]
      case .purePython: ["/usr/bin/python3", FilterSource.path(of: "edit_purepython.py")]
      }
    let program = try StartedProgram(
      command[0], command.dropFirst() + [socket], environment: environment)
    let spec = try SocketSpec(socket)
    try program.wait(for: "\(self) to listen") { try ListeningTable.has(spec) }
    return (program, socket)
  }

  private static var perlPackages: String {
    "\(ForeignFilters.unpackedRoot)/pmilter/usr/share/perl5"
  }

  private static let compiledC = Result { try FilterSource.compileC("edit") }
  private static let compiledGo = Result { try FilterSource.compileGo("edit") }
}

extension Trait where Self == ConditionTrait {
  /// Runs the tests if all filters can be started, or if the filters are required.
  static var needsEditingFilters: Self {
    .needs(.filters, missing: EditingFilter.allCases.map(\.missing) + [RunningRspamd.missing])
  }
}
