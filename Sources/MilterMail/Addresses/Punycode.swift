/// The encoding of domain labels that are not ASCII: RFC 3492.
///
/// Both functions refuse labels that are longer than DNS allows, so hostile input costs little.
enum Punycode {
  /// RFC 1035, section 2.3.4: the maximum length of a label, including `xn--`.
  static let longestLabel = 63

  // RFC 3492, section 5.
  private static let (base, tMin, tMax): (UInt32, UInt32, UInt32) = (36, 1, 26)
  private static let (skew, damp): (UInt32, UInt32) = (38, 700)
  private static let (initialBias, initialN): (UInt32, UInt32) = (72, 0x80)
  private static let delimiter = UInt8(ascii: "-")

  /// Returns the text of an encoded label; `nil` if the label is not valid.
  ///
  /// - Parameter label: The label without `xn--`.
  /// - Returns: The text.
  static func decode(_ label: some Collection<UInt8>) -> String? {
    let bytes = Array(label)
    guard bytes.count <= longestLabel, bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
    let split = bytes.lastIndex(of: delimiter)
    var scalars = bytes[..<(split ?? 0)].map { Unicode.Scalar($0) }
    var rest = bytes[(split.map { $0 + 1 } ?? 0)...]
    var (n, index, bias) = (initialN, UInt32(0), initialBias)
    while !rest.isEmpty {
      let start = index
      var weight: UInt32 = 1
      var k = base
      while true {
        guard let digit = rest.popFirst().flatMap(value), advance(&index, digit, weight) else {
          return nil
        }
        let t = threshold(k, bias)
        if digit < t { break }
        let (product, isTooLarge) = weight.multipliedReportingOverflow(by: base - t)
        if isTooLarge { return nil }
        weight = product
        k += base
      }
      let count = UInt32(scalars.count) + 1
      bias = adapt(index - start, count, isFirst: start == 0)
      guard advance(&n, index / count, 1), let scalar = Unicode.Scalar(n) else { return nil }
      index %= count
      scalars.insert(scalar, at: Int(index))
      index += 1
    }
    return String(String.UnicodeScalarView(scalars))
  }

  /// Returns a label in ASCII, without `xn--`; `nil` if it would be too long.
  static func encode(_ label: String) -> [UInt8]? {
    let scalars = label.unicodeScalars.prefix(longestLabel + 1).map(\.value)
    guard scalars.count <= longestLabel else { return nil }
    var result = scalars.filter { $0 < 0x80 }.map { UInt8($0) }
    var handled = UInt32(result.count)
    let basic = handled
    if basic > 0 { result.append(delimiter) }
    var (n, delta, bias) = (initialN, UInt32(0), initialBias)
    // At most 64 characters below 0x11_0000, so the sums cannot overflow.
    while let next = scalars.filter({ $0 >= n }).min() {
      delta += (next - n) * (handled + 1)
      n = next
      for scalar in scalars {
        if scalar < n { delta += 1 }
        guard scalar == n else { continue }
        var (q, k) = (delta, base)
        while case let t = threshold(k, bias), q >= t {
          result.append(letter(t + (q - t) % (base - t)))
          q = (q - t) / (base - t)
          k += base
        }
        result.append(letter(q))
        bias = adapt(delta, handled + 1, isFirst: handled == basic)
        delta = 0
        handled += 1
      }
      delta += 1
      n += 1
    }
    return result.count + 4 <= longestLabel ? result : nil
  }

  /// Adds a product; returns `false` if the sum is too large.
  private static func advance(_ sum: inout UInt32, _ one: UInt32, _ other: UInt32) -> Bool {
    let (product, isTooLarge) = one.multipliedReportingOverflow(by: other)
    let (total, isTotalTooLarge) = sum.addingReportingOverflow(product)
    sum = total
    return !isTooLarge && !isTotalTooLarge
  }

  private static func threshold(_ k: UInt32, _ bias: UInt32) -> UInt32 {
    k <= bias ? tMin : min(tMax, k - bias)
  }

  /// RFC 3492, section 6.1.
  private static func adapt(_ delta: UInt32, _ count: UInt32, isFirst: Bool) -> UInt32 {
    var delta = isFirst ? delta / damp : delta / 2
    delta += delta / count
    var k: UInt32 = 0
    while delta > (base - tMin) * tMax / 2 {
      delta /= base - tMin
      k += base
    }
    return k + (base - tMin + 1) * delta / (delta + skew)
  }

  private static func value(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte) - 0x30 + 26
    case 0x41...0x5A: UInt32(byte) - 0x41
    case 0x61...0x7A: UInt32(byte) - 0x61
    default: nil
    }
  }

  private static func letter(_ digit: UInt32) -> UInt8 {
    UInt8(truncatingIfNeeded: digit < 26 ? digit + 0x61 : digit - 26 + 0x30)
  }
}
