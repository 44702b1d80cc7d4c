@testable import MilterSystem

/// A specification is refused with a reason, or is the same after it is written and read again.
///
/// The input has no decisions, so a specification is a seed without changes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let text = String(decoding: UnsafeBufferPointer(start: data, count: size), as: UTF8.self)
  let spec: SocketSpec
  do {
    spec = try SocketSpec(text)
  } catch {
    guard error.code == .invalidSpec, !error.description.isEmpty else {
      fatalError("no reason why \(text) is refused")
    }
    return 0
  }
  guard (try? SocketSpec(spec.description)) == spec else {
    fatalError("\(text) is not \(spec)")
  }
  if !needsLookup(spec), let address = try? spec.resolve(for: .listening).first {
    _ = address.description
  }
  return 0
}

/// Returns whether a specification needs a name lookup, which this target does not do.
private func needsLookup(_ spec: SocketSpec) -> Bool {
  guard case .inet(_, let host, let port) = spec.target else { return false }
  if case .service = port { return true }
  return !(host ?? "").utf8.allSatisfy { 0x30...0x3A ~= $0 || $0 == 0x2E }
}
