extension MilterSetting where Value == MilterNetworks {
  /// Creates a setting whose value is a list of networks.
  ///
  /// Its argument is a list that `MilterNetworks` can read, or the path of a file with such a list. A
  /// path begins with `/`, `./`, or `../`.
  ///
  /// - Parameters:
  ///   - name: The option's name, without the dashes.
  ///   - value: The default.
  ///   - help: Its purpose, on one line.
  public convenience init(
    _ name: String, default value: MilterNetworks = MilterNetworks(), help: String
  ) {
    self.init(name, argument: "NETWORKS|FILE", default: value, help: help) { text in
      do {
        let isPath = text.hasPrefix("/") || text.hasPrefix("./") || text.hasPrefix("../")
        return try isPath ? MilterNetworks(contentsOf: text) : MilterNetworks(text)
      } catch let error as InvalidNetwork {
        throw MilterUsageError("\(error)")
      }
    }
  }
}
