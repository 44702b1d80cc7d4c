/// The properties of a message.
///
/// A new one is empty.
struct Message {
  var sender: String?
  var subject: String?
  var recipients = 0
  var hops = 0
  var forged = 0
  private(set) var bytes = 0
  private(set) var hash: UInt32 = 2_166_136_261  // the 32-bit FNV-1a hash of nothing

  /// Hashes the first bytes of the body.
  mutating func hash(_ chunk: RawSpan, upTo limit: Int) {
    chunk.withUnsafeBytes { chunk in
      for byte in chunk.prefix(limit - bytes) {
        hash = (hash ^ UInt32(byte)) &* 16_777_619
        bytes += 1
      }
    }
  }
}
