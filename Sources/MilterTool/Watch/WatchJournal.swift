import MilterCommandLine
import MilterSystem

/// The output of `milter watch`: printed at once, and recorded connection by connection.
final class WatchJournal: Sendable {
  /// The maximum number of printed lines of a body, by default.
  private static let shownLines = 10

  private struct State {
    /// The lines of connections that are still open.
    var open: [Int: [String]] = [:]
    var count = 0
    var failure: (any Error)?
  }

  private let state = SystemMutex(State())
  private let recording: String?
  private let printsAll: Bool
  private let isColored = TerminalStyle.isColored

  /// Creates a journal, and the file for the recording.
  init(recording: String?, printsAll: Bool) throws {
    self.recording = recording
    self.printsAll = printsAll
    if let recording {
      try FileContents.write(Array("\(Recording.title)\n".utf8), to: recording)
    }
  }

  /// Notes a new connection, and returns its number.
  func begin() -> Int {
    state.withLock { state in
      state.count += 1
      state.open[state.count] = []
      put("\(state.count) connected", nil, &state)
      return state.count
    }
  }

  /// Notes a packet.
  func note(_ packet: Recording.Packet, on connection: Int) {
    state.withLock { state in
      let lines = packet.lines
      state.open[connection]? += lines
      let isCut = !printsAll && lines.count > Self.shownLines + 2
      let shown = isCut ? lines.prefix(Self.shownLines + 1) : lines[...]
      let color: TerminalStyle.Color? =
        switch packet {
        case .command: nil
        case .reply: .green
        }
      for line in shown { put("\(connection) \(line)", color, &state) }
      if isCut { put("\(connection)   ... \(lines.count - shown.count) lines more", nil, &state) }
    }
  }

  /// Notes a remark about something unusual.
  func remark(_ text: String, on connection: Int) {
    state.withLock { state in
      state.open[connection]?.append("# \(text)")
      put("\(connection) # \(text)", .yellow, &state)
    }
  }

  /// Notes the end of a connection, and records the connection.
  func end(_ connection: Int) {
    state.withLock { state in
      guard let lines = state.open.removeValue(forKey: connection) else { return }
      put("\(connection) closed", nil, &state)
      guard let recording else { return }
      let text = (["", "connection \(connection)"] + lines).joined(separator: "\n") + "\n"
      do {
        try FileContents.append(Array(text.utf8), to: recording)
      } catch {
        state.failure = state.failure ?? error
      }
    }
  }

  /// Throws an error if something could not be printed or recorded.
  func check() throws {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  private func put(_ line: String, _ color: TerminalStyle.Color?, _ state: inout State) {
    guard state.failure == nil else { return }
    do {
      if isColored, let color {
        try StandardOutput.put(color.text(line) + "\n")
      } else {
        try StandardOutput.put(line + "\n")
      }
    } catch {
      state.failure = error
      Signal.terminate.send(to: ThisProcess.number)  // There is nobody any more to watch for.
    }
  }
}
