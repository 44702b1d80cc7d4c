import Glibc
import MilterCore

/// The values of macros that a filter has requested.
///
/// Each keeps its address until the MTA replaces or removes it, because many filters keep the pointer from
/// connect to eom.
struct SymbolCache {
  private struct Entry {
    let name: [UInt8]
    let place: MilterSymbols.Place
    let value: UnsafeMutablePointer<CChar>
  }
  private var entries: [Entry] = []

  mutating func value(
    of name: [UInt8], in symbols: MilterSymbols
  ) -> UnsafeMutablePointer<CChar>? {
    entries.removeAll { entry in
      guard !symbols.isCurrent(entry.place) else { return false }
      free(entry.value)
      return true
    }
    guard let (bytes, place) = symbols.find(name) else { return nil }
    if let known = entries.first(where: { $0.name == name && $0.place == place }) {
      return known.value
    }
    guard let memory = malloc(bytes.count + 1) else { return nil }
    let value = memory.assumingMemoryBound(to: CChar.self)
    for (index, byte) in bytes.enumerated() { value[index] = CChar(bitPattern: byte) }
    value[bytes.count] = 0
    entries.append(Entry(name: name, place: place, value: value))
    return value
  }

  mutating func removeAll() {
    for entry in entries { free(entry.value) }
    entries = []
  }
}
