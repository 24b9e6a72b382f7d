using System.Buffers.Binary;
using ReAim.Capture.Diverters.WinDivert;
using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Windows;

/// <summary>A handle of the simulated driver.</summary>
internal sealed class SimulatedHandle(SimulatedDriver driver, DivertFilter filter, DivertLayer layer, short priority, DivertModes modes) : IDivertHandle
{
    private const long QueueTime = 2 * Simulation.Second;

    private readonly List<(byte[] Packet, DivertAddress Address, long Since)> _queue = [];
    private bool _isStopped;
    private bool _isClosed;

    public DivertLayer Layer => layer;

    public short Priority => priority;

    public bool IsSniffing => modes.HasFlag(DivertModes.Sniff);

    /// <summary>Takes a packet, or a copy of it, if it is one of its own.</summary>
    public bool Takes(byte[] packet, DivertAddress address)
    {
        if (_isStopped || !filter.Matches(packet, address))
        {
            return false;
        }

        Expire();
        if (_queue.Count >= driver.QueueLength)
        {
            driver.Expired += IsSniffing ? 0 : 1;
            return true;
        }

        if (IsSniffing)
        {
            packet = [.. packet];
            address.Traits |= DivertTraits.Sniffed;
        }

        _queue.Add((packet, address, driver.Simulation.Now));
        return true;
    }

    public bool TryReceive(DivertBatch batch)
    {
        Assert.That(_isClosed, Is.False, "A closed handle is not used.");
        Expire();
        if (_queue.Count == 0)
        {
            return false;
        }

        int count = Math.Min((int)driver.Simulation.Random.Between(1, driver.LargestBatch), _queue.Count);
        int from = driver.Simulation.Random.Below(1_000) < driver.Reordering ? Math.Min(count, _queue.Count - count) : 0;
        batch.Clear();
        foreach ((byte[] packet, DivertAddress address, _) in _queue.GetRange(from, count))
        {
            Assert.That(batch.TryAdd(packet, address));
            if (!IsSniffing)
            {
                driver.HandedOut++;
                driver.Received(packet);
            }
        }

        _queue.RemoveRange(from, count);
        batch.Fill(batch.Count, batch.Length);
        return true;
    }

    public int Send(DivertBatch batch)
    {
        Assert.That(_isClosed, Is.False, "A closed handle is not used.");
        Assert.That(modes.HasFlag(DivertModes.ReceiveOnly), Is.False);
        int offset = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(batch.Bytes.AsSpan(offset + 2));
            driver.Send(batch.Bytes.AsSpan(offset, length).ToArray(), batch.Addresses[i], priority);
            offset += length;
        }

        Assert.That(offset, Is.EqualTo(batch.Length), "Datagrams, one behind the other.");
        return 0;
    }

    public void StopReceiving() => _isStopped = true;

    public void Dispose()
    {
        driver.Lost += IsSniffing ? 0 : _queue.Count;
        _isClosed = true;
        driver.Remove(this);
    }

    private void Expire()
    {
        int gone = _queue.RemoveAll(entry => driver.Simulation.Now - entry.Since > QueueTime);
        driver.Expired += IsSniffing ? 0 : gone;
    }
}
