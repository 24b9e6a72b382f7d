using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Windows.Interop;

namespace ReAim.Capture.Windows;

/// <summary>Workers that Windows ends with this process, however that ends.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WorkerJob : IDisposable
{
    private readonly SafeFileHandle _job = Kernel32.CreateKillingJob();

    /// <summary>Takes a worker in.</summary>
    /// <exception cref="IOException">Windows refuses; then it has been ended.</exception>
    public void Adopt(Process process)
    {
        try
        {
            Kernel32.AddToJob(_job, process.SafeHandle);
            // Packets wait for a worker: on a busy machine it must not be taken for one that hangs.
            process.PriorityClass = ProcessPriorityClass.AboveNormal;
        }
        catch (Exception failure) when (failure is IOException or Win32Exception or InvalidOperationException)
        {
            process.Kill();
            throw new IOException($"the worker could not be taken into the job of its supervisor: {failure.Message}", failure);
        }
    }

    /// <summary>Ends them all.</summary>
    public void Dispose() => _job.Dispose();
}
