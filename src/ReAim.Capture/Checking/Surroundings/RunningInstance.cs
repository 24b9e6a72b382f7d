namespace ReAim.Capture.Checking.Surroundings;

/// <summary>Who holds the name under which ReAim runs here.</summary>
/// <param name="Process">The process that began to listen; 0 if it is not known.</param>
/// <param name="IsRoots">False if it is another user's, and so not ReAim.</param>
internal sealed record RunningInstance(int Process, bool IsRoots);
