namespace ReAim.Capture;

/// <summary>A person gave something that cannot be used. The message is the one sentence they get; the exit code is 2.</summary>
/// <param name="message">What is wrong, and what would be right.</param>
internal sealed class BadInputException(string message) : Exception(message);
