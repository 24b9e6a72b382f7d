using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using ReAim.Alg;
using ReAim.Alg.Translation;

namespace ReAim.Capture.Gateway;

/// <summary>
/// The offers of a worker, in a file that outlives it: the next worker takes them over, so that their peers still arrive and nobody
/// else does. The supervisor only keeps the file open.
/// </summary>
/// <remarks>
/// Two places are written in turn, so that a worker which is killed while it writes leaves the other one whole:
/// <code>
///  0            8         12        44
///  +------------+---------+---------+----------------------
///  | number     | length  | SHA-256 | offers
///  +------------+---------+---------+----------------------
/// </code>
/// What a worker that strangers have taken over may have written is read as any hostile bytes are.
/// </remarks>
internal sealed class OfferMemory(SafeFileHandle file)
{
    /// <summary>Room for as many offers as an engine has at most.</summary>
    private const int PlaceLength = 256 * 1024;

    private const int LengthOffset = 8;
    private const int HashOffset = 12;
    private const int HeaderLength = 44;

    private readonly byte[] _place = new byte[PlaceLength];
    private readonly List<SavedOffer> _offers = [];
    private ulong _number;
    private int _changes;

    /// <summary>Takes over what the worker before this one left.</summary>
    /// <param name="engine">A new one.</param>
    /// <param name="now">Nanoseconds of the gateway's clock.</param>
    /// <returns>How many offers were taken over.</returns>
    public int Restore(Engine engine, long now)
    {
        byte[]? newest = null;
        for (int place = 0; place < 2; place++)
        {
            var read = new byte[PlaceLength];
            if (RandomAccess.Read(file, read, (long)place * PlaceLength) == PlaceLength && IsWhole(read) && Number(read) > _number)
            {
                (newest, _number) = (read, Number(read));
            }
        }

        int taken = newest is null ? 0 : SavedOfferBytes.Read(newest[HeaderLength..(HeaderLength + Length(newest))]).Count(offer => engine.TryAdopt(offer, now));
        // At once: to compute the first hash takes files, and later there may be none left to open.
        Write(engine);
        return taken;
    }

    /// <summary>Writes down what has changed.</summary>
    /// <param name="engine">The engine.</param>
    public void Save(Engine engine)
    {
        if (engine.EndChanges != _changes)
        {
            Write(engine);
        }
    }

    private void Write(Engine engine)
    {
        _changes = engine.EndChanges;
        _offers.Clear();
        engine.CopyOffersTo(_offers);
        Span<byte> offers = _place.AsSpan(HeaderLength);
        int length = SavedOfferBytes.Write(_offers, offers);
        BinaryPrimitives.WriteUInt64LittleEndian(_place, ++_number);
        BinaryPrimitives.WriteInt32LittleEndian(_place.AsSpan(LengthOffset), length);
        SHA256.HashData(offers[..length], _place.AsSpan(HashOffset));
        RandomAccess.Write(file, _place, (long)(_number % 2) * PlaceLength);
    }

    private static ulong Number(ReadOnlySpan<byte> place) => BinaryPrimitives.ReadUInt64LittleEndian(place);

    private static int Length(ReadOnlySpan<byte> place) => BinaryPrimitives.ReadInt32LittleEndian(place[LengthOffset..]);

    private static bool IsWhole(ReadOnlySpan<byte> place) =>
        Length(place) is >= 0 and <= PlaceLength - HeaderLength
        && SHA256.HashData(place.Slice(HeaderLength, Length(place))).AsSpan().SequenceEqual(place[HashOffset..HeaderLength]);
}
