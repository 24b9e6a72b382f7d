namespace ReAim.Alg.Irc;

/// <summary>What a line of IRC is (PROTOCOL-IRC 1, 3).</summary>
internal static class IrcLine
{
    private const int WelcomeLength = 3;

    /// <summary>A client's command: its first word.</summary>
    public static ReadOnlySpan<byte> Command(ReadOnlySpan<byte> line)
    {
        int end = line.IndexOfAny(" \r\n"u8);
        return end < 0 ? line : line[..end];
    }

    /// <summary>True if a command is that one, in capitals or not.</summary>
    public static bool Is(ReadOnlySpan<byte> command, ReadOnlySpan<byte> name) => System.Text.Ascii.EqualsIgnoreCase(command, name);

    /// <summary>True for what a client may say before it is welcomed.</summary>
    public static bool IsRegistration(ReadOnlySpan<byte> command) =>
        Is(command, "NICK"u8) || Is(command, "USER"u8) || Is(command, "PASS"u8) || Is(command, "CAP"u8) || Is(command, "PONG"u8)
        || Is(command, "AUTHENTICATE"u8) || Is(command, "PROTOCTL"u8);

    /// <summary>True for the server's welcome: numeric 001.</summary>
    public static bool IsWelcome(ReadOnlySpan<byte> line) => Command(WithoutPrefix(line)).SequenceEqual("001"u8);

    /// <summary>True for what a server may say before.</summary>
    public static bool MayComeBeforeWelcome(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> command = Command(WithoutPrefix(line));
        return Is(command, "NOTICE"u8) || Is(command, "PING"u8) || Is(command, "CAP"u8) || Is(command, "AUTHENTICATE"u8)
            || (command.Length == WelcomeLength && command.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0);
    }

    /// <summary>True if the connection is about to end.</summary>
    public static bool IsGoodbye(ReadOnlySpan<byte> line, Direction direction) =>
        Is(Command(line), direction == Direction.Outbound ? "QUIT"u8 : "ERROR"u8);

    private static ReadOnlySpan<byte> WithoutPrefix(ReadOnlySpan<byte> line)
    {
        int end = line is [(byte)':', ..] ? line.IndexOf((byte)' ') + 1 : 0;
        return line[end..];
    }
}
