import MilterFilterFixtures
import MilterKit
import Synchronization

/// Records a filter's arguments byte for byte, from any thread.
final class Recorder: Sendable {
  private let header = Mutex<[QueuedHeader]>([])
  private let content = Mutex<(chunks: Int, bytes: [UInt8])>((0, []))

  /// The fields in order, with the values that the filter got.
  var headers: [QueuedHeader] { header.withLock { $0 } }

  /// All chunks of the body, one after the other.
  var body: [UInt8] { content.withLock { $0.bytes } }

  /// The number of chunks.
  var chunks: Int { content.withLock { $0.chunks } }

  /// Returns a filter that records its arguments and makes no changes.
  func filter(keepsSpace: Bool = false) -> ScriptedFilter {
    ScriptedFilter { [self] filter, callback in
      switch callback {
      case .negotiate where keepsSpace: filter.wanted.steps.insert(.hdrLeadspc)
      case .header:
        let (name, value) = (filter.rawArguments.first ?? [], filter.rawArguments.last ?? [])
        header.withLock {
          $0.append(QueuedHeader(String(decoding: name, as: UTF8.self), rawValue: value))
        }
      case .body:
        content.withLock {
          $0.chunks += 1
          $0.bytes += filter.chunk
        }
      default: break
      }
      return .continue
    }
  }
}
