extension MilterServer {
  /// How long messages under way are waited for.
  var drain: Duration { (engine?.settings.configuration ?? configuration).drain }

  /// Has connections that come from now on keep to another configuration.
  package func reconfigure(_ configuration: MilterConfiguration) {
    engine?.reconfigure(configuration)
  }
}
