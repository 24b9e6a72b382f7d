namespace ReAim.Alg.Msn;

/// <summary>An invitation's fields (PROTOCOL-MSN 2).</summary>
internal ref struct Invitation
{
    private ReadOnlySpan<byte> _command;

    /// <summary>Which invitation it is about, mostly a number; empty if it does not say.</summary>
    public ReadOnlySpan<byte> Cookie { get; private set; }

    /// <summary>True if it does that: INVITE, ACCEPT or CANCEL.</summary>
    public readonly bool Does(ReadOnlySpan<byte> command) => System.Text.Ascii.EqualsIgnoreCase(_command, command);

    /// <summary>Reads the fields of a body, and brings addresses and ports to an announcement.</summary>
    /// <param name="message">The command.</param>
    /// <param name="body">Where its body begins.</param>
    /// <param name="announcement">What is said of addresses and ports.</param>
    public static Invitation Read(ReadOnlySpan<byte> message, int body, scoped ref Announcement announcement)
    {
        var invitation = new Invitation();
        var fields = new FieldReader(message, body) { IsWhole = true };
        while (fields.TryRead())
        {
            ReadOnlySpan<byte> value = message[fields.Value];
            if (fields.Is("Invitation-Command"u8))
            {
                invitation._command = value;
            }
            else if (fields.Is("Invitation-Cookie"u8))
            {
                invitation.Cookie = value;
            }
            else if (fields.Is("IP-Address"u8))
            {
                announcement.Take(message, fields.Value, PlaceKind.Address, PlaceGroup.External, isReversed: false);
            }
            else if (fields.Is("IP-Address-Internal"u8))
            {
                announcement.Take(message, fields.Value, PlaceKind.Address, PlaceGroup.Internal, isReversed: false);
            }
            else if (fields.Is("Port"u8))
            {
                announcement.Take(message, fields.Value, PlaceKind.Port, PlaceGroup.External, isReversed: false);
            }
            else if (fields.Is("PortX"u8))
            {
                announcement.Take(message, fields.Value, PlaceKind.TurnedPort, PlaceGroup.External, isReversed: false);
            }
            else if (fields.Is("PortX-Internal"u8))
            {
                announcement.Take(message, fields.Value, PlaceKind.TurnedPort, PlaceGroup.Internal, isReversed: false);
            }
        }

        return invitation;
    }
}
