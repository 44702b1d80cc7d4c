import MilterCore

/// A session as text, with a line for each step and its result.
///
/// ```
///     connect  client.example.org 192.0.2.25:49152: continue
///     helo     client.example.org: left out
///     envfrom  <a@example.org>: continue
/// ==> envrcpt  <b@example.org>: reject, the client sees 550 5.1.1 No such user
/// ```
///
/// The text is ASCII; other bytes are escaped. The same session always has the same text.
public struct MTATranscript: Hashable, Sendable, CustomStringConvertible {
  /// The lines, without line ends.
  public let lines: [String]

  /// The lines as one text.
  public var description: String { lines.joined(separator: "\n") }

  /// The maximum number of characters of an argument that are shown.
  private static let limit = 72

  /// Creates the transcript of a session.
  ///
  /// - Parameters:
  ///   - steps: The exchanges to print.
  ///   - marked: The number of the step that is marked with an arrow; `nil` for none.
  public init(_ steps: [MTAExchange], marking marked: Int? = nil) {
    lines = steps.enumerated().flatMap { number, step in
      Self.lines(step, number == marked ? "==> " : "    ")
    }
  }

  private static func lines(_ exchange: MTAExchange, _ margin: String) -> [String] {
    let name = exchange.callback.description
    let label = margin + name + String(repeating: " ", count: max(1, 9 - name.count))
    let arguments = short(arguments(exchange.step))
    let changes = exchange.replies.filter { $0.code.flag != nil || $0 == .progress }
    let result = (arguments.isEmpty ? "" : arguments + ": ") + result(exchange)
    guard !changes.isEmpty else { return [label + result] }
    let indent = String(repeating: " ", count: label.count)
    return [label + short(changes[0].changeText())]
      + changes.dropFirst().map { indent + short($0.changeText()) }
      + [indent + result]
  }

  private static func arguments(_ step: MTAStep) -> String {
    switch step {
    case .connect(let host, let address):
      VisibleText.escaped(host) + " " + (address?.description ?? "unknown")
    case .helo(let name): VisibleText.escaped(name)
    case .mail(let path), .rcpt(let path): path.description
    case .header(let header):
      VisibleText.escaped(header.name) + ": " + VisibleText.escaped(header.value)
    case .body(let bytes): "\(bytes.count) bytes"
    case .unknown(let command): VisibleText.escaped(command)
    case .data, .eoh, .eom, .reset, .newClient: ""
    }
  }

  private static func result(_ exchange: MTAExchange) -> String {
    var result =
      switch exchange.fate {
      case .asked: exchange.replies.isEmpty ? "" : exchange.status.map { "\($0)" } ?? "no answer"
      case .told: "no reply wanted"
      case .leftOut: "left out, as negotiated"
      case .skipped: "skipped"
      case .decided: "not asked, after the verdict"
      case .refused: "not asked, the MTA refuses it"
      }
    if case .connectionFailure = exchange.replies.last { result = "connection failure" }
    if exchange.fate == .asked, exchange.replies.isEmpty {
      result = exchange.callback == .abort || exchange.callback == .close ? "told" : "no answer"
    }
    if let failure = exchange.failure { result = "failure: \(failure.message)" }
    if !exchange.reply.isEmpty {
      let reply = exchange.reply.map { VisibleText.escaped($0) }.joined(separator: " / ")
      result += ", the client sees \(reply)"
    }
    return result
  }

  private static func short(_ text: String) -> String {
    text.count <= limit ? text : text.prefix(limit - 3) + "..."
  }
}
