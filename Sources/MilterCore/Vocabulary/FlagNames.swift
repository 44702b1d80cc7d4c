/// Returns the names of the set bits, separated by commas; bits without a name are in hexadecimal.
func flagNames(_ bits: UInt32, _ names: [(UInt32, String)]) -> String {
  var rest = bits
  var parts: [String] = []
  for (bit, name) in names where bits & bit != 0 {
    parts.append(name)
    rest &= ~bit
  }
  if rest != 0 { parts.append("0x" + String(rest, radix: 16)) }
  return parts.isEmpty ? "none" : parts.joined(separator: ", ")
}
