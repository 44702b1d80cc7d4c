import MilterCore

/// The status of a worker as words for its supervisor: `NAME=NUMBER` for the process, and
/// `c=NUMBER,PLACE,CALLBACK,TIME,AGE,BYTES,CLIENT,QUEUEID` for a connection, with times in milliseconds.
extension EngineStatus {
  private typealias Path = WritableKeyPath<EngineStatus, Int>

  private static var numbers: [(String, Path)] {
    [
      ("process", \.process), ("running", \.threads.running), ("free", \.threads.free),
      ("limit", \.threads.limit), ("waiting", \.threads.waiting),
    ]
  }

  private static var flags: [(String, WritableKeyPath<EngineStatus, Bool>)] {
    [("stopping", \.isStopping), ("full", \.isFull), ("short", \.threads.isShort)]
  }

  /// The valid range of numbers, because a broken worker may send any number.
  private static let range = 0..<(1 << 48)

  /// The maximum size of the words in bytes.
  ///
  /// The supervisor treats a longer line as the end of the channel.
  static let longestWords = LineBuffer.longest / 2

  /// The status as words; if there is no room for all connections, the newest are left out.
  var words: String {
    var words = Self.numbers.map { "\($0)=\(self[keyPath: $1])" }
    words += Self.flags.map { "\($0)=\(self[keyPath: $1] ? 1 : 0)" }
    if let mostConnections { words.append("most=\(mostConnections)") }
    words += ConnectionStatus.Place.allCases.map { "\($0.rawValue)=\(counts[$0] ?? 0)" }
    var size = words.reduce(0) { $0 + $1.utf8.count + 1 }
    for connection in connections {
      let word = "c=\(connection.word)"
      size += word.utf8.count + 1
      guard size <= Self.longestWords else { break }
      words.append(word)
    }
    return words.joined(separator: " ")
  }

  /// Reads words; `nil` if one of them is not valid.
  init?(words: some StringProtocol) {
    self.init()
    for word in words.split(separator: " ") {
      let parts = word.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { return nil }
      if parts[0] == "c" {
        guard let connection = ConnectionStatus(word: parts[1]) else { return nil }
        if connections.count < Self.mostListed { connections.append(connection) }
        continue
      }
      guard let number = Self.number(parts[1]), take(number, named: String(parts[0])) else {
        return nil
      }
    }
    // The list contains at most the connections that were counted.
    guard connections.count <= count else { return nil }
  }

  static func number(_ text: some StringProtocol) -> Int? {
    Int(text).flatMap { range.contains($0) ? $0 : nil }
  }

  private mutating func take(_ number: Int, named name: String) -> Bool {
    if let path = Self.numbers.first(where: { $0.0 == name })?.1 {
      self[keyPath: path] = number
    } else if let path = Self.flags.first(where: { $0.0 == name })?.1 {
      self[keyPath: path] = number != 0
    } else if name == "most" {
      mostConnections = number
    } else if let place = ConnectionStatus.Place(rawValue: name) {
      counts[place] = number
    } else {
      return false
    }
    return true
  }
}

extension ConnectionStatus {
  fileprivate var word: String {
    [
      "\(number)", place.rawValue, callback.map { "\($0.rawValue)" } ?? "-",
      "\(time.milliseconds)", "\(age.milliseconds)", "\(waiting)", PercentText.word(client),
      PercentText.word(queueID),
    ].joined(separator: ",")
  }

  fileprivate init?(word: some StringProtocol) {
    let parts = word.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 8, let number = EngineStatus.number(parts[0]),
      let place = Place(rawValue: String(parts[1])), let time = EngineStatus.number(parts[3]),
      let age = EngineStatus.number(parts[4]), let waiting = EngineStatus.number(parts[5]),
      let client = PercentText.text(parts[6]), let queueID = PercentText.text(parts[7])
    else { return nil }
    let callback = UInt32(parts[2]).flatMap { MilterCallback(rawValue: $0) }
    guard callback != nil || parts[2] == "-" else { return nil }
    self.init(
      number: number, client: client, queueID: queueID, callback: callback, place: place,
      time: .milliseconds(time), age: .milliseconds(age), waiting: waiting)
  }
}
