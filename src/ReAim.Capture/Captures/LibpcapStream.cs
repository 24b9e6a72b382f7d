using System.Buffers.Binary;
using SharpPcap;
using SharpPcap.LibPcap;

namespace ReAim.Capture.Captures;

/// <summary>
/// A capture file of any other kind that libpcap reads (such as the modified pcap of old Linux distributions), as the bytes
/// of a classic pcap file with nanoseconds.
/// </summary>
internal sealed class LibpcapStream : ForwardStream
{
    private readonly CaptureFileReaderDevice _device;
    private readonly MemoryStream _pending = new();
    private bool _isDamaged;

    private LibpcapStream(CaptureFileReaderDevice device)
    {
        _device = device;
        Span<byte> header = stackalloc byte[PcapFormat.FileHeaderLength];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, PcapFormat.NanosecondMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 262_144);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], (uint)device.LinkType);
        _pending.Write(header);
        _pending.Position = 0;
    }

    /// <summary>Opens a file with libpcap.</summary>
    /// <exception cref="BadInputException">libpcap is not installed or cannot read it.</exception>
    public static LibpcapStream Open(string path)
    {
        try
        {
            var device = new CaptureFileReaderDevice(path);
            device.Open();
            return new LibpcapStream(device);
        }
        catch (Exception error) when (error is PcapException or DllNotFoundException or EntryPointNotFoundException or TypeInitializationException or InvalidOperationException)
        {
            throw new BadInputException($"{path} is not a capture file: pcap or pcapng is needed.");
        }
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int read = _pending.Read(buffer);
        return read == 0 && FetchPacket() ? _pending.Read(buffer) : read;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _device.Dispose();
            _pending.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool FetchPacket()
    {
        if (_isDamaged)
        {
            return false;
        }

        GetPacketStatus status = _device.GetNextPacket(out PacketCapture packet);
        if (status == GetPacketStatus.Error)
        {
            // The beginning of a record without its rest tells the reader that the file is cut off here.
            _isDamaged = true;
            _pending.SetLength(0);
            _pending.WriteByte(0);
            _pending.Position = 0;
            return true;
        }

        if (status != GetPacketStatus.PacketRead)
        {
            return false;
        }

        Span<byte> header = stackalloc byte[PcapFormat.RecordHeaderLength];
        RawCapture raw = packet.GetPacket();
        PosixTimeval time = raw.Timeval;
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)time.Seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(time.MicroSeconds * 1_000));
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], raw.Data.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], raw.PacketLength);
        _pending.SetLength(0);
        _pending.Write(header);
        _pending.Write(raw.Data);
        _pending.Position = 0;
        return true;
    }
}
