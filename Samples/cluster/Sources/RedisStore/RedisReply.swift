import CHiredis

/// A reply of Redis.
enum RedisReply: Hashable, Sendable {
  case integer(Int)
  case text(String)
  case list([RedisReply])
  case error(String)
  case none

  /// Copies a reply of hiredis.
  init(_ reply: redisReply) {
    switch reply.type {
    case REDIS_REPLY_INTEGER: self = .integer(Int(reply.integer))
    case REDIS_REPLY_STRING, REDIS_REPLY_STATUS: self = .text(Self.text(reply))
    case REDIS_REPLY_ERROR: self = .error(Self.text(reply))
    case REDIS_REPLY_ARRAY:
      let elements = UnsafeBufferPointer(start: reply.element, count: reply.elements)
      self = .list(elements.compactMap { $0.map { RedisReply($0.pointee) } })
    default: self = .none
    }
  }

  /// The numbers of a list of numbers; `nil` for any other reply.
  var integers: [Int]? {
    guard case .list(let elements) = self else { return nil }
    var numbers: [Int] = []
    for element in elements {
      guard case .integer(let number) = element else { return nil }
      numbers.append(number)
    }
    return numbers
  }

  private static func text(_ reply: redisReply) -> String {
    let bytes = UnsafeRawBufferPointer(start: reply.str, count: Int(reply.len))
    return String(decoding: bytes, as: UTF8.self)
  }
}
