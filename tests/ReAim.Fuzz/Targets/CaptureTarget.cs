using System.Buffers.Binary;
using System.IO.Compression;
using ReAim.Capture;
using ReAim.Capture.Captures;
using ReAim.Fuzz.World;

namespace ReAim.Fuzz.Targets;

/// <summary>Capture files, whatever is in them.</summary>
internal sealed class CaptureTarget : FuzzTarget
{
    /// <summary>A few bytes may be compressed of millions of records.</summary>
    private const int MostRecords = 2_000;

    public override string Name => "capture";

    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            foreach (string file in Recordings.Files.Take(2))
            {
                yield return File.ReadAllBytes(file)[..2_000];
            }

            byte[] next = new byte[1_024];
            byte[] packet = Talk.OfAlice().Next(Alg.Direction.Outbound, Talk.ClientHello);
            int length = PcapNgBlocks.WriteSection(next);
            length += PcapNgBlocks.WriteInterface(next.AsSpan(length), "lan");
            length += PcapNgBlocks.WritePacket(next.AsSpan(length), 0, 1_000_000_000, packet);
            yield return next[..length];
            yield return Gzip(next[..length]);
            yield return [0x28, 0xB5, 0x2F, 0xFD, .. next[..20]];
            foreach (int linkType in (int[])[0, 9, 12, 50, 51, 101, 104, 105, 108, 113, 127, 166, 204, 228, 276])
            {
                byte[] header = [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, (byte)linkType, (byte)(linkType >> 8), 0, 0];
                byte[] record = new byte[16];
                byte[] frame = [0, 0, 8, 0, 0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 8, 0, .. packet];
                BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(8), frame.Length);
                BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(12), frame.Length);
                yield return [.. header, .. record, .. frame];
            }
        }
    }

    public override void Try(ReadOnlySpan<byte> input)
    {
        CaptureFormat? format = (CaptureFormat?)PcapFormat.Recognise(input) ?? PcapNgFormat.Recognise(input);
        byte[] bytes = input.ToArray();
        int start = 0;
        while (format is not null && format.Read(bytes.AsSpan(start), out CaptureRecord record) == RecordStatus.Whole)
        {
            Finding.Unless(record.Length > 0 && start + record.Length <= bytes.Length, "A record lies in its file.");
            Finding.Unless(
                record.FrameOffset >= 0 && record.FrameLength >= 0 && (long)record.FrameOffset + record.FrameLength <= record.Length,
                "A frame lies in its record.");
            if (record.IsPacket)
            {
                ReadOnlySpan<byte> frame = bytes.AsSpan(start + record.FrameOffset, record.FrameLength);
                int offset = LinkLayer.IsKnown(record.LinkType) ? LinkLayer.FindIpv4(record.LinkType, frame) : LinkLayer.None;
                Finding.Unless(offset == LinkLayer.None || (offset >= 0 && offset < frame.Length), "A datagram lies in its frame.");
                if (offset != LinkLayer.None)
                {
                    TryOffloaded(frame[offset..], record.OriginalLength - offset);
                }

                format.SetTime(bytes.AsSpan(start, record.Length), record, record.Time);
            }

            start += record.Length;
        }

        TryFile(input.ToArray());
    }

    private static void TryOffloaded(ReadOnlySpan<byte> datagram, long length)
    {
        byte[] copy = datagram.ToArray();
        OffloadedHeader.Complete(copy, length).Restore(copy);
        Finding.Unless(datagram.SequenceEqual(copy), "What was written into a header is taken out again.");
    }

    /// <summary>The same bytes as a file, which may be compressed: it is read, or refused with a sentence.</summary>
    private static void TryFile(byte[] bytes)
    {
        try
        {
            using CaptureReader reader = CaptureReader.Open(CaptureFile.Standard, () => new MemoryStream(bytes));
            for (int records = 0; records < MostRecords && reader.TryRead(out CaptureRecord record); records++)
            {
                Finding.Unless(record.Length == reader.Bytes.Length, "A record that is read is whole.");
            }
        }
        catch (BadInputException refused)
        {
            Finding.Unless(refused.Message.Length > 0 && !refused.Message.Contains('\n', StringComparison.Ordinal), "A refusal is one sentence.");
        }
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var packing = new GZipStream(packed, CompressionLevel.Fastest))
        {
            packing.Write(bytes);
        }

        return packed.ToArray();
    }
}
