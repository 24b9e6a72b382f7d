using ReAim.Alg.Streams;

namespace ReAim.Alg.Msn;

/// <summary>
/// Cuts one direction's stream into commands: a line, and for some a payload of the length that the line says. One that lies whole
/// in a segment is read where it lies; one that comes in pieces is collected, as long as it may matter.
/// </summary>
/// <param name="direction">Who speaks.</param>
/// <param name="start">The stream offset of the first command.</param>
internal struct CommandReader(Direction direction, long start = 0)
{
    /// <summary>Bytes of the longest line: a message's sender may have a long display name.</summary>
    private const int LongestLine = 2_048;

    /// <summary>Bytes of the longest command that matters: clients cut what is longer into pieces (PROTOCOL-MSN 3).</summary>
    private const int LongestCommand = 4_096;

    private byte[]? _collected;
    private int _length;
    private int _lineLength;
    private int _wanted;
    private bool _isWhole;

    /// <summary>The next stream offset that is wanted.</summary>
    public long Needed { get; private set; } = start;

    /// <summary>True if what came cannot be a command.</summary>
    public bool IsLost { get; private set; }

    /// <summary>True if the command that was taken last is still lent out.</summary>
    public readonly bool IsWhole => _isWhole;

    /// <summary>What was collected of a command that is not whole.</summary>
    public readonly ReadOnlySpan<byte> Collected => _collected.AsSpan(0, _length);

    /// <summary>The stream offset of its first byte.</summary>
    public readonly long CollectedOffset => Needed - _length;

    /// <summary>Bytes of its line, with the line's end; 0 while that has not come.</summary>
    public readonly int CollectedLine => _lineLength;

    /// <summary>Takes the next command.</summary>
    /// <param name="context">Lends the room for what is collected.</param>
    /// <param name="bytes">The bytes there are; those read are taken off.</param>
    /// <param name="command">The line and its payload, which is left out if it is too long to matter. Valid until the next call.</param>
    /// <param name="lineLength">Bytes of its line.</param>
    /// <returns>False if no command ends in the bytes: what there is was collected; or if framing is lost.</returns>
    public bool TryRead(SessionContext context, ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> command, out int lineLength)
    {
        if (_isWhole)
        {
            End(context);
        }

        command = default;
        lineLength = 0;
        if (bytes.IsEmpty)
        {
            return false;
        }

        ReadOnlySpan<byte> known = bytes;
        int before = _length;
        if (before > 0)
        {
            int room = Math.Min(bytes.Length, LongestCommand - before);
            bytes[..room].CopyTo(_collected.AsSpan(before));
            known = _collected.AsSpan(0, before + room);
        }

        if (_lineLength == 0 && !TryEndLine(known, ref bytes, before, out command, out lineLength))
        {
            if (command.IsEmpty && !IsLost)
            {
                return Collect(context, known, ref bytes, before);
            }

            return !IsLost;
        }

        if (known.Length < _wanted)
        {
            return Collect(context, known, ref bytes, before);
        }

        command = known[.._wanted];
        lineLength = _lineLength;
        Take(ref bytes, _wanted - before);
        _length = before > 0 ? _wanted : 0;
        _isWhole = true;
        return true;
    }

    /// <summary>The rest of the command that was begun is of no interest: what comes next is the next command.</summary>
    public void Skip(SessionContext context)
    {
        Needed += _wanted - _length;
        End(context);
    }

    /// <summary>The command is done; what was borrowed for it goes back.</summary>
    public void End(SessionContext context)
    {
        if (_collected is not null)
        {
            context.ReturnAssembly(_collected, LongestCommand);
        }

        (_collected, _length, _lineLength, _wanted, _isWhole) = (null, 0, 0, 0, false);
    }

    /// <summary>Looks for the line's end. False with a command if that is all there will be of it, without one if the end has not come.</summary>
    private bool TryEndLine(ReadOnlySpan<byte> known, scoped ref ReadOnlySpan<byte> bytes, int before, out ReadOnlySpan<byte> command, out int lineLength)
    {
        command = default;
        int end = known.IndexOf((byte)'\n') + 1;
        lineLength = end;
        if (end > LongestLine || (end == 0 && known.Length >= LongestLine))
        {
            IsLost = true;
            return false;
        }

        if (end == 0)
        {
            return false;
        }

        if (!MsnCommand.IsCommand(known[..end]) || !MsnCommand.TryReadPayloadLength(known[..end], direction, out uint payload))
        {
            IsLost = true;
            return false;
        }

        if (payload <= LongestCommand - end)
        {
            _lineLength = end;
            _wanted = end + (int)payload;
            return true;
        }

        // Too long to matter: the payload is passed over.
        command = known[..end];
        long rest = end - before + (long)payload;
        bytes = bytes[(int)Math.Min(rest, bytes.Length)..];
        Needed += rest;
        _length = before > 0 ? end : 0;
        _isWhole = true;
        return false;
    }

    private bool Collect(SessionContext context, ReadOnlySpan<byte> known, ref ReadOnlySpan<byte> bytes, int before)
    {
        if (_collected is null)
        {
            _collected = context.TryRentAssembly(LongestCommand);
            if (_collected is null)
            {
                // Without room a line's end could not be found again, but a payload can be passed over.
                IsLost = _lineLength == 0;
                Needed += _lineLength == 0 ? bytes.Length : _wanted;
                bytes = bytes[(_lineLength == 0 ? bytes.Length : Math.Min(bytes.Length, _wanted))..];
                End(context);
                return false;
            }

            known.CopyTo(_collected);
        }

        _length = known.Length;
        Take(ref bytes, known.Length - before);
        return false;
    }

    private void Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        Needed += count;
        bytes = bytes[count..];
    }
}
