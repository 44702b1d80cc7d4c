/// An option whose value stays until the program is restarted.
struct FixedOption: MilterProgramOption {
  private let option: any MilterProgramOption

  init(_ option: any MilterProgramOption) { self.option = option }

  var name: String { option.name }
  var argument: String? { option.argument }
  var help: String { option.help }
  var isRequired: Bool { option.isRequired }
  var defaultText: String? { option.defaultText }
  var isRepeatable: Bool { option.isRepeatable }

  func take(_ text: String) throws { try option.take(text) }
}
