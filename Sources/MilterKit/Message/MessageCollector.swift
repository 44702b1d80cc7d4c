import MilterCore
import MilterMail
import MilterSystem

/// Collects a message until its end.
///
/// It keeps the bytes of commands, and parses them only on request.
struct MessageCollector {
  private var sender: MilterMessage.Path?
  private var recipients: [MilterMessage.Path] = []
  /// Names and values, one after the other.
  private var header: [UInt8] = []
  /// The end of each field in `header`, and the length of its name.
  private var fields: [(end: Int, nameCount: Int)] = []
  private var body: [UInt8] = []
  private var file: SpoolFile?
  private var bodyCount = 0
  /// The reason why the body could not be kept, or `nil`.
  private(set) var failure: FileError?
  private(set) var isTooLarge = false

  /// Adds a command of the message.
  mutating func take(
    _ callback: MilterCallback, _ payload: Span<UInt8>, _ filter: MessageMilter
  ) throws(MilterError) {
    switch callback {
    case .envfrom: sender = try Self.path(payload, .mail)
    case .envrcpt: recipients.append(try Self.path(payload, .rcpt))
    case .header: try takeHeader(payload, filter)
    case .body: takeBody(payload, filter.limit)
    default: break
    }
  }

  /// Removes the last recipient, because it was refused.
  mutating func dropRecipient() { if !recipients.isEmpty { recipients.removeLast() } }

  private static func path(
    _ payload: Span<UInt8>, _ code: MTACommandCode
  ) throws(MilterError) -> MilterMessage.Path {
    let strings = try CommandLayout.arguments(payload, code)
    return MilterMessage.Path(
      rawValue: payload.bytes(in: strings[0]),
      rawArguments: strings.dropFirst().map { payload.bytes(in: $0) })
  }

  private mutating func takeHeader(
    _ payload: Span<UInt8>, _ filter: MessageMilter
  ) throws(MilterError) {
    let (name, value) = try CommandLayout.header(payload)
    guard !isTooLarge else { return }
    header.append(payload, name)
    // The MTA did not send the space.
    if filter.fakesLeadingSpace, !value.isEmpty { header.append(0x20) }
    header.append(payload, value)
    fields.append((header.count, name.count))
    check(filter.limit)
  }

  private mutating func takeBody(_ payload: Span<UInt8>, _ limit: MessageLimit) {
    guard !isTooLarge, failure == nil else { return }
    bodyCount += payload.count
    check(limit)
    guard !isTooLarge else { return }
    body.append(payload, 0..<payload.count)
    if bodyCount > MessageLimit.mostInMemory { spill() }
  }

  private mutating func spill() {
    do throws(FileError) {
      let file: SpoolFile
      if let open = self.file { file = open } else { file = try SpoolFile() }
      self.file = file
      try file.append(body)
      body.removeAll(keepingCapacity: true)
    } catch {
      fail(error)
    }
  }

  /// Drops the body.
  mutating func fail(_ error: FileError) {
    failure = error
    body = []
    file = nil
  }

  private mutating func check(_ limit: MessageLimit) {
    guard
      limit.isExceeded(headerSize: header.count, fieldCount: fields.count, bodySize: bodyCount)
    else { return }
    self = Self()
    isTooLarge = true
  }

  /// The part of the message that has arrived so far.
  func message(_ filter: MessageMilter, _ symbols: MilterSymbols, _ traits: MTATraits)
    -> MilterMessage
  {
    var start = 0
    var list: [MilterMessage.Field] = []
    list.reserveCapacity(fields.count)
    for (end, nameCount) in fields {
      list.append(.init(id: list.count, content: header[start..<end], nameCount: nameCount))
      start = end
    }
    return MilterMessage(
      client: filter.client, macros: .init(symbols),
      sender: sender ?? .init(rawValue: Array("<>".utf8), rawArguments: []),
      recipients: .init(recipients, traits: traits), headers: .init(list, traits: traits),
      body: .init(content(filter), traits: traits), traits: traits)
  }

  private func content(_ filter: MessageMilter) -> MilterMessage.Body.Content {
    if let failure { return .failed(failure) }
    if let file { return .file(file, count: bodyCount) }
    return filter.collectsBody ? .memory(body) : .absent
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ bytes: Span<UInt8>, _ place: Range<Int>) {
    bytes.extracting(place).withUnsafeBufferPointer { append(contentsOf: $0) }
  }
}
