import MilterSystem

/// Requests pages from a filter's control socket.
struct ControlClient {
  /// The reason why there is no page.
  struct Failure: Error, CustomStringConvertible {
    let description: String
    let status: Int32

    /// No process listens, or no answer arrives: `EX_UNAVAILABLE`.
    static func unavailable(_ text: String) -> Failure { Failure(description: text, status: 69) }
    /// The user may not connect: `EX_NOPERM`.
    static func notPermitted(_ text: String) -> Failure { Failure(description: text, status: 77) }
    /// The program that listens is not a filter's control socket.
    static func stranger(_ text: String) -> Failure { Failure(description: text, status: 1) }
  }

  private let spec: SocketSpec
  private let timeout: Duration

  /// The maximum size of an answer in bytes.
  private static let longest = 16 << 20

  init(_ spec: SocketSpec, timeout: Duration) {
    self.spec = spec
    self.timeout = timeout
  }

  /// Requests the page of a path.
  ///
  /// - Throws: ``Failure``.
  func page(_ path: String) throws -> String {
    let deadline = ContinuousClock.now + timeout
    let socket = try connect(until: deadline)
    defer { socket.close() }
    let request = Array("GET \(path) HTTP/1.0\r\n\r\n".utf8)
    // A server that has closed the connection may have answered before.
    try? socket.write(all: request.span, within: rest(until: deadline))
    return try page(in: receive(from: socket, until: deadline), path)
  }

  private func rest(until deadline: ContinuousClock.Instant) -> Duration {
    max(ContinuousClock.now.duration(to: deadline), .milliseconds(1))
  }

  private func connect(until deadline: ContinuousClock.Instant) throws -> Socket {
    do throws(SocketError) {
      let milliseconds = Int(min(rest(until: deadline), .seconds(1_000_000)) / .milliseconds(1))
      return try Socket.connect(to: spec, milliseconds: milliseconds)
    } catch {
      let error = error
      switch error.underlying {
      case .noSuchFileOrDirectory:
        throw Failure.unavailable(
          "nobody listens on \(spec): there is no such file; start the filter with --control "
            + "unix:PATH, and give the same PATH")
      case .connectionRefused:
        throw Failure.unavailable(
          "nobody listens on \(spec): the filter has ended, or was started without --control \(spec)"
        )
      case .permissionDenied, .notPermitted:
        throw Failure.notPermitted(
          "not permitted to connect to \(spec); run milter status as root, or as the user who has "
            + "started the filter")
      default:
        if error.code == .timedOut { throw late }
        throw error
      }
    }
  }

  private var late: Failure {
    .unavailable(
      "no answer from \(spec) within \(timeout); if it is the socket of the filter's --control, the "
        + "process stands still")
  }

  /// Reads all bytes up to the end.
  private func receive(
    from socket: Socket, until deadline: ContinuousClock.Instant
  ) throws -> [UInt8] {
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while answer.count <= Self.longest {
      guard !(try Poll.wait(socket.descriptor, .readable, until: deadline)).isEmpty else {
        throw late
      }
      switch try? socket.readAvailable(into: &buffer) {
      case .bytes(let count): answer += buffer[..<count]
      case .wouldBlock: continue
      // A server that closes a connection with unread bytes resets it.
      case .endOfStream, nil: return answer
      }
    }
    throw Failure.stranger("\(spec) sends without an end, and is not a control socket")
  }

  /// Returns the page in an HTTP response.
  private func page(in response: [UInt8], _ path: String) throws -> String {
    let text = String(decoding: response, as: UTF8.self)
    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    let words = parts[0].prefix { $0 != "\r\n" }.split(separator: " ")
    guard parts.count == 2, words.count >= 2, words[0].hasPrefix("HTTP/1.") else {
      throw Failure.stranger(
        "\(spec) is not a control socket; give the socket of the filter's --control, and not the one "
          + "that MTAs connect to")
    }
    let length = parts[0].firstMatch(of: /(?i)\r\ncontent-length: *(\d+)/).flatMap { Int($0.1) }
    if let length, parts[1].utf8.count < length {
      throw Failure.unavailable(
        "\(spec) has sent only a part of its answer: the filter is ending, or many ask at the same time; "
          + "try again")
    }
    switch words[1] {
    case "200": return String(parts[1])
    case "503": throw Failure.unavailable("the filter behind \(spec) is about to end")
    case "404":
      throw Failure.stranger(
        "\(spec) has no page \(path): it is the socket of --metrics-listen, or another server's; "
          + "give the one of the filter's --control")
    default: throw Failure.stranger("\(spec) answers \(words.dropFirst().joined(separator: " "))")
    }
  }
}
