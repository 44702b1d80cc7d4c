import MilterCore
import MilterTextFixtures

/// Returns the bytes for a text in the notation of recorded sessions: ASCII, and `\xNN` for a byte.
func wire(_ text: String) -> [UInt8] {
  var bytes: [UInt8] = []
  var rest = Array(text.utf8)[...]
  while let byte = rest.popFirst() {
    if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "x"), rest.count >= 3,
      let value = UInt8(String(decoding: rest.dropFirst().prefix(2), as: UTF8.self), radix: 16)
    {
      bytes.append(value)
      rest.removeFirst(3)
    } else {
      bytes.append(byte)
    }
  }
  return bytes
}

/// The reverse of ``wire(_:)``.
func notation(_ bytes: some Collection<UInt8>) -> String { PacketText.escaped(bytes) }

/// Returns packets in the notation of recorded sessions: without lengths, in brackets if they have
/// spaces.
func packets(_ bytes: [UInt8]) -> [String] {
  let (complete, rest) = PacketText.packets(bytes)
  var list = complete.map { packet -> String in
    let text = notation(packet)
    return text.contains(" ") ? "[\(text)]" : text
  }
  if rest.count >= 4 {
    list.append("cut:" + notation(rest.dropFirst(4)))
  } else if !rest.isEmpty {
    list.append("rest:" + notation(rest))
  }
  return list
}

/// Returns a frame with a length that the code under test did not compute.
func frame(_ code: UInt8, _ payload: some Collection<UInt8>) -> [UInt8] {
  let length = payload.count + 1
  return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + [code] + payload
}

/// Returns the error code that a closure throws, or `nil`.
func errorCode(_ body: () throws -> Void) -> MilterError.Code? {
  do {
    try body()
    return nil
  } catch {
    return (error as? MilterError)?.code
  }
}

extension MTACommand {
  /// Reads a command from an array.
  init(_ code: UInt8, _ payload: [UInt8]) throws(MilterError) {
    try self.init(code: code, payload: payload.span)
  }
}

extension FilterReply {
  /// Reads a reply from an array.
  init(_ code: UInt8, _ payload: [UInt8]) throws(MilterError) {
    try self.init(code: code, payload: payload.span)
  }
}
