import Glibc
import MilterSystem
import MilterProcessFixtures

/// A process of the scripted filter, which plays one session at a time.
final class FilterProcess {
  private let directory: ScratchDirectory
  private let control: HeldFile
  private let trace: HeldFile
  private let pid: pid_t
  /// The other end of the process's standard input: the process ends when this socket is closed.
  private let leash: Socket
  private let spec: SocketSpec
  private var sessions = 0
  /// The process's output at its start: the results of the library's functions, and the library's
  /// path.
  let start: StartReport

  /// The results of the calls before `smfi_main`.
  struct StartReport: Equatable {
    var register: Int
    var setConnection: Int
    var openSocket: Int
    var oldLimit: Int
    var libraryPath: String
  }

  init(_ program: String, _ library: Library, _ variant: Variant) throws {
    directory = try ScratchDirectory()
    control = try HeldFile(directory.path(of: "control"))
    trace = try HeldFile(directory.path(of: "trace"))
    let input: Socket
    let output: Socket
    let outputEnd: Socket
    (leash, input) = try Socket.socketPair()
    (output, outputEnd) = try Socket.socketPair()
    let path = directory.path(of: "socket")
    pid = try Subprocess.spawn(
      program,
      [variant.usesTCP ? "inet:0@127.0.0.1" : "unix:\(path)", trace.path, control.path]
        + variant.arguments,
      environment: library.processEnvironment,
      descriptors: (input.descriptor, outputEnd.descriptor, 2))
    outputEnd.close()
    let words = Self.line(from: output).split(separator: " ")
    guard words.count == 7, words[0] == "ready", let port = UInt16(words[1]) else {
      throw HarnessError("the filter did not start with library \(library.name): \(words)")
    }
    let numbers = words[2...5].map { Int($0) ?? .min }
    start = StartReport(
      register: numbers[0], setConnection: numbers[1], openSocket: numbers[2],
      oldLimit: numbers[3], libraryPath: String(words[6]))
    spec = try SocketSpec(variant.usesTCP ? "inet:\(port)@127.0.0.1" : "unix:\(path)")
    if let folder = library.directory, !start.libraryPath.hasPrefix(folder) {
      throw HarnessError("\(start.libraryPath) was loaded instead of what is in \(folder)")
    }
  }

  deinit {
    // SIGKILL, because libmilter takes seconds to stop after SIGTERM.
    kill(pid, SIGKILL)
    _ = try? Subprocess.waitForExit(of: pid)
  }

  /// Announces a session to the filter and connects to it.
  func open(_ session: Session, within limit: Duration) throws -> Channel {
    sessions += 1
    let seed = String(session.seed, radix: 16)
    try control.replace(
      with: "\(sessions) \(seed) \(session.manners.rawValue)\n\(session.rules)")
    try trace.replace(with: "")
    return try Channel(spec, within: limit)
  }

  /// Returns the filter's trace since the session was opened.
  func tracedBytes() throws -> [UInt8] {
    try trace.contents()
  }

  /// Returns one line, which the end of the process also ends.
  private static func line(from socket: Socket) -> String {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while recv(socket.descriptor, &byte, 1, 0) == 1, byte != UInt8(ascii: "\n") {
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
