extension MilterServer {
  /// How long messages under way are waited for.
  var drain: Duration { (engine?.settings.configuration ?? configuration).drain }

  /// The address of the metrics listener; nil without one, or while the server does not run.
  package var metricsAddress: String? { engine?.metricsListener?.address }

  /// The address of the control socket; nil without one, or while the server does not run.
  package var controlAddress: String? { engine?.controlListener?.address }

  /// Has connections that come from now on keep to another configuration.
  package func reconfigure(_ configuration: MilterConfiguration) {
    engine?.reconfigure(configuration)
  }
}
